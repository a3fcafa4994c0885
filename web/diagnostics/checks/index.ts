import type { Check } from '../check.ts'
import { actionsCheck } from './actions.ts'
import { agentCheck } from './agent.ts'
import { badgeCheck } from './badge.ts'
import { clockCheck } from './clock.ts'
import { cookiesCheck } from './cookies.ts'
import { emailCheck } from './email.ts'
import { governorCheck } from './governor.ts'
import { installedCheck } from './installed.ts'
import { cameraCheck, microphoneCheck, soundCheck } from './media.ts'
import { mutesCheck } from './mutes.ts'
import { permissionCheck } from './permission.ts'
import { powerCheck } from './power.ts'
import { pushKeyCheck } from './push-key.ts'
import { pushKnownCheck } from './push-known.ts'
import { pushSentCheck } from './push-sent.ts'
import { pushSubscribedCheck } from './push-subscribed.ts'
import { pushSupportedCheck } from './push-supported.ts'
import { pushSeenCheck, pushTestCheck } from './push-test.ts'
import { quietCheck } from './quiet.ts'
import { secureCheck } from './secure.ts'
import { sessionCheck } from './session.ts'
import { snoozedCheck } from './snoozed.ts'
import { sseCheck } from './sse.ts'
import { storageCheck } from './storage.ts'
import { switchesCheck } from './switches.ts'
import { workerAnswersCheck } from './worker-answers.ts'
import { workerCurrentCheck } from './worker-current.ts'
import { workerRegisteredCheck } from './worker-registered.ts'
import { workerSupportedCheck } from './worker-supported.ts'
import { wsConnectCheck } from './ws-connect.ts'
import { wsReplayCheck } from './ws-replay.ts'
import { wsSignedCheck } from './ws-signed.ts'
import { wsTripCheck } from './ws-trip.ts'

/** How the checks are told, each group in the order in which one thing needs the other. */
export const GROUPS = ['notifications', 'connection', 'wishes', 'senses'] as const
export type Group = (typeof GROUPS)[number]

export const CHECKS: Readonly<Record<Group, readonly Check[]>> = {
  notifications: [
    secureCheck,
    storageCheck,
    cookiesCheck,
    installedCheck,
    workerSupportedCheck,
    workerRegisteredCheck,
    workerAnswersCheck,
    workerCurrentCheck,
    permissionCheck,
    pushSupportedCheck,
    pushSubscribedCheck,
    pushKeyCheck,
    pushKnownCheck,
    pushSentCheck,
    pushTestCheck,
    pushSeenCheck,
    actionsCheck,
    badgeCheck,
  ],
  connection: [
    agentCheck,
    sessionCheck,
    clockCheck,
    wsConnectCheck,
    wsSignedCheck,
    wsTripCheck,
    wsReplayCheck,
    sseCheck,
  ],
  wishes: [quietCheck, mutesCheck, switchesCheck, governorCheck, snoozedCheck, emailCheck],
  senses: [soundCheck, microphoneCheck, cameraCheck, powerCheck],
}

export const ALL_CHECKS: readonly Check[] = GROUPS.flatMap(group => CHECKS[group])
