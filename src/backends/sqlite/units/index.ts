import type { UnitContext } from '../unit.ts'
import { putAccount, removeAccount, updateAccount } from './accounts.ts'
import { noteDevice, noteShown, putDevice, removeDevice, renewDevice } from './devices.ts'
import { putReport } from './diagnostics.ts'
import {
  addKey,
  addResource,
  forgetSealed,
  putCredential,
  removeResource,
  revokeKey,
  setFeature,
  updateResource,
} from './directory.ts'
import { liftAddress, stopEmail, suppressAddress } from './email.ts'
import { eraseUser } from './erase-user.ts'
import { appendEvent, renumberProgress } from './events.ts'
import {
  addJob,
  claimJobs,
  expireLeases,
  finishJob,
  finishPlainly,
  releaseJobs,
  retryJob,
  shiftRetries,
} from './jobs.ts'
import { recordCalls, recordTraces } from './ledger.ts'
import { acceptNotification, acceptNotifications, quarantine, releaseHeld } from './notifications.ts'
import { prune } from './prune.ts'
import { answerQuestion, cancelQuestion, expireQuestion } from './questions.ts'
import { recordReceipt } from './receipts.ts'
import { addSignInLink, endSessions, extendSession, redeemSignInLink } from './sessions.ts'
import { changeStates } from './states.ts'
import { addSubscription, updateSubscription } from './subscriptions.ts'
import { patchSync, requestSync } from './sync.ts'
import { putPreferences, putUser } from './users.ts'

/** Everything that can be written, by the name under which it crosses to the writer's thread. */
export const UNITS = {
  acceptNotification,
  acceptNotifications,
  quarantine,
  releaseHeld,
  appendEvent,
  renumberProgress,
  changeStates,
  answerQuestion,
  expireQuestion,
  cancelQuestion,
  claimJobs,
  finishJob,
  finishPlainly,
  releaseJobs,
  expireLeases,
  retryJob,
  addJob,
  shiftRetries,
  putUser,
  putPreferences,
  eraseUser,
  stopEmail,
  suppressAddress,
  liftAddress,
  addResource,
  updateResource,
  removeResource,
  putAccount,
  updateAccount,
  removeAccount,
  requestSync,
  patchSync,
  addSubscription,
  updateSubscription,
  addKey,
  revokeKey,
  putCredential,
  forgetSealed,
  setFeature,
  putDevice,
  renewDevice,
  noteDevice,
  noteShown,
  recordReceipt,
  removeDevice,
  putReport,
  addSignInLink,
  redeemSignInLink,
  extendSession,
  endSessions,
  recordCalls,
  recordTraces,
  prune,
} as const

export type UnitName = keyof typeof UNITS

/** The arguments of a unit without its context. */
export type UnitArgs<Name extends UnitName> =
  Parameters<(typeof UNITS)[Name]> extends [UnitContext, ...infer Args] ? Args : never

export type UnitResult<Name extends UnitName> = ReturnType<(typeof UNITS)[Name]>
