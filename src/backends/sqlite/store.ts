import { createHash, randomUUID } from 'node:crypto'
import { EcError } from '../../core/errors.ts'
import type { NotificationRecord } from '../../core/notification.ts'
import type { PushAddress } from '../../core/device.ts'
import { addressKey } from '../../core/mailbox.ts'
import { KEY_PROOF, opensStore } from '../../core/key-proof.ts'
import type { Seal } from '../../core/seal.ts'
import type { Acceptance, Appended, NewEvent, NewNotification, Refusal, ResourcePatch, Store } from '../store.ts'
import type { CopyTask } from './copy-protocol.ts'
import { openReader } from './connection.ts'
import { removeStore } from './copies.ts'
import { copyStore } from './copy-store.ts'
import { readAgain, readArrivals } from './reads/arrivals.ts'
import * as accounts from './reads/accounts.ts'
import * as devices from './reads/devices.ts'
import { listReports } from './reads/diagnostics.ts'
import * as digests from './reads/digests.ts'
import * as directory from './reads/directory.ts'
import * as email from './reads/email.ts'
import { listEngagement } from './reads/engagement.ts'
import * as events from './reads/events.ts'
import * as items from './reads/items.ts'
import * as jobs from './reads/jobs.ts'
import * as notifications from './reads/notifications.ts'
import * as questions from './reads/questions.ts'
import { readSealedSamples } from './reads/sealed-samples.ts'
import { findSession, listSessions } from './reads/sessions.ts'
import { listSettled } from './reads/settled.ts'
import * as subscriptions from './reads/subscriptions.ts'
import * as sync from './reads/sync.ts'
import * as runs from './reads/sync-runs.ts'
import { isNoteOfTry, packEnd, packEvent, packPlainEnd } from './packed-end.ts'
import type { AppendedRow, PackedEvent } from './units/events.ts'
import type { SealedSecrets } from './units/directory.ts'
import type { PackedAcceptance, PackedNotification, PackedRefusal } from './units/notifications.ts'
import { Reader } from './reader.ts'
import { toRowId } from './row-id.ts'
import { addressContext, credentialContext, secretContext } from './seal-contexts.ts'
import { Writer, type WriterOptions, type WriterTrouble } from './writer.ts'

export interface SqliteStoreOptions extends Omit<WriterOptions, 'committed'> {
  readonly seal: Seal
  /** Called before the store is replaced; what it returns is called after. */
  readonly replacing?: () => () => void
}

export interface SqliteStore extends Store {
  /** Units that wait for the disk at this moment. */
  waiting(): number
  /** Whether no unit waits for the disk or is on it. */
  isStill(): boolean
  /** How many senders who wait for their answer share a transaction of late. */
  pressure(): number
  /** Null when the last batch was stored. */
  trouble(): WriterTrouble | null
  /** Idempotent. */
  close(): Promise<void>
}

/**
 * Facts in one SQLite file. Writes go to the writer's thread as named units; reads run here on a connection of their
 * own, which sees a commit as soon as it is durable and never waits for one.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { file, seal, replacing = () => () => {} } = options
  let reader: Reader | null = null
  const writer = await Writer.open({ ...options, committed: () => reader?.refresh() })
  const eyes = new Reader(file)
  reader = eyes
  const { sql } = eyes
  const headOf = eyes.remember((userId: string) => events.getHead(sql, userId))
  const settledOf = eyes.remember((userId: string, limit: number) => listSettled(sql, userId, limit))
  const near = eyes.memory<number, NotificationRecord>()
  const eventsOf = eyes.remember((userId: string, id: string) => events.getEvents(sql, id, userId))
  /** Copies under way, a replacement among them: the store cannot be replaced while another one reads it. */
  let copying = 0

  function sealProof(): Uint8Array {
    return seal.seal(KEY_PROOF.text, credentialContext(KEY_PROOF.name))
  }

  function sealSecrets(id: string, secrets: readonly string[]): SealedSecrets {
    return { sealed: seal.seal(JSON.stringify(secrets), secretContext(id)), count: secrets.length }
  }

  async function updateResource(id: string, patch: ResourcePatch) {
    const { secrets, ...rest } = patch
    const sealed = secrets === undefined ? null : sealSecrets(id, secrets)
    return (await writer.run('updateResource', id, rest, sealed)) ? directory.getResource(sql, id) : null
  }

  async function copy(task: CopyTask): Promise<void> {
    copying += 1
    try {
      await copyStore(task)
    } finally {
      copying -= 1
    }
  }

  /** A store that this key does not open would receive nothing, and not start again. */
  function opensIncoming(incoming: string): boolean {
    const connection = openReader(incoming)
    try {
      return opensStore(readSealedSamples(connection.sql), seal)
    } finally {
      connection.close()
    }
  }

  async function restore(backup: string): Promise<string> {
    if (copying > 0) {
      throw new EcError('EC_CONFLICT', 'the store is being copied', { hint: 'try again when that has ended' })
    }
    const incoming = `${file}.incoming`
    await copy({ type: 'prepare replacement', backup, incoming, epoch: randomUUID() })
    if (!opensIncoming(incoming)) {
      removeStore(incoming)
      throw sealBroken(`the backup ${backup}`)
    }
    const replaced = replacing()
    eyes.close()
    try {
      return await writer.swap(incoming)
    } finally {
      eyes.reopen()
      replaced()
    }
  }

  return {
    identity: () => writer.meta(),
    waiting: () => writer.waiting,
    isStill: () => writer.isStill,
    pressure: () => writer.pressure,
    trouble: () => writer.trouble,

    acceptNotifications: async batch => {
      const [item, ...more] = batch
      if (item === undefined) return []
      if (more.length === 0) return [toAcceptance(await writer.run('acceptNotification', ...packNotification(item)))]
      return (await writer.run('acceptNotifications', batch.map(packDetached))).map(toAcceptance)
    },
    quarantine: ({ body, ...refused }, limit) => writer.run('quarantine', packRefusal(refused), body, limit),
    releaseHeld: (resourceId, makeJob) => writer.run('releaseHeld', resourceId, makeJob),
    listNotifications: async query => notifications.listNotifications(sql, query),
    getNotification: async (id, ahead = 0) =>
      ahead === 0 ? notifications.getNotification(sql, id) : notifications.getNear(sql, near, id, ahead),

    appendEvents: async batch => {
      const packed = batch.map((event): [PackedEvent] => [packEvent(event)])
      return pairAppended(batch, await writer.runAll('appendEvent', packed))
    },
    renumberProgress: (userId, eventId) => writer.run('renumberProgress', userId, eventId),
    changeStates: change => writer.run('changeStates', change),
    getHead: async userId => headOf(userId),
    readStream: async (userId, after, limit) => events.readStream(sql, userId, after, limit),
    listSettled: async (userId, limit) => settledOf(userId, limit),
    countStream: async (userId, after) => events.countStream(sql, userId, after),
    listEvents: async query => events.listEvents(sql, query),
    getEvents: async (id, userId) =>
      userId === undefined ? events.getEvents(sql, id, undefined) : eventsOf(userId, id),
    recordTraces: rows => writer.run('recordTraces', rows),
    readTrace: async (userId, eventId) => events.readTrace(sql, userId, eventId),

    listQuestions: async query => questions.listQuestions(sql, query),
    getQuestions: async (id, userId) => questions.getQuestions(sql, id, userId),
    answerQuestion: given => writer.run('answerQuestion', given),
    expireQuestion: (userId, id, at) => writer.run('expireQuestion', userId, id, at),
    cancelQuestion: (userId, id, by, at) => writer.run('cancelQuestion', userId, id, by, at),

    getDigest: async (userId, now) => digests.getDigest(sql, userId, now),
    listWaitingItems: async (userId, query) => digests.listWaitingItems(sql, userId, query),
    listDigestItems: async (userId, digest) => digests.listDigestItems(sql, userId, digest),

    readArrivals: async (after, limit) => readArrivals(sql, after, limit),
    readAgain: async known => readAgain(sql, known),

    claimJobs: claim => writer.run('claimJobs', claim),
    finishJob: async (lease, end) => {
      const plain = packPlainEnd(lease, end)
      if (plain !== null) {
        const seq = await writer.run('finishPlainly', ...plain.args)
        return [toAppended(plain.event, { outcome: 'appended', seq })]
      }
      const packed = packEnd(end)
      const run = isNoteOfTry(end) ? writer.runSoon('finishJob', lease, packed) : writer.run('finishJob', lease, packed)
      const { appended, delivered } = await run
      const made = end.type === 'retry' ? [] : pairAppended(end.effects.events ?? [], appended)
      if (!delivered) return made
      return [...made, { outcome: 'appended', id: delivered.item.id, ...delivered }]
    },
    releaseJobs: leases => writer.run('releaseJobs', leases),
    expireLeases: now => writer.run('expireLeases', now),
    shiftRetries: byMs => writer.run('shiftRetries', byMs),
    retryJob: (id, now) => writer.run('retryJob', id, now),
    addJob: (job, at) => writer.run('addJob', job, at),
    listJobs: async query => jobs.listJobs(sql, query),
    getJob: async id => jobs.getJob(sql, id),
    countJobs: async () => writer.jobs,

    putUser: (user, now) => writer.run('putUser', user, now),
    getUser: async id => directory.getUser(sql, id),
    listUsers: async query => directory.listUsers(sql, query),
    getPerson: async id => directory.getPerson(sql, id),
    listPeople: async query => directory.listPeople(sql, query),
    putPreferences: (userId, patch, now) => writer.run('putPreferences', userId, patch, now),
    listEngagement: async (userId, limit) => listEngagement(sql, userId, limit),
    eraseUser: id => writer.run('eraseUser', id),

    getMailbox: async userId => email.getMailbox(sql, userId),
    stopEmail: (userId, type, now) => writer.run('stopEmail', userId, type, now),
    suppressAddress: (address, reason, at) => writer.run('suppressAddress', addressKey(address), reason, at),
    liftAddress: address => writer.run('liftAddress', addressKey(address)),
    listSuppressed: async query => email.listSuppressed(sql, query),

    addResource: async ({ secrets, ...resource }) => {
      await writer.run('addResource', resource, sealSecrets(resource.id, secrets))
      return found(directory.getResource(sql, resource.id))
    },
    updateResource,

    putAccount: async account => found(accounts.getAccount(sql, await writer.run('putAccount', account))),
    updateAccount: async (id, patch) =>
      (await writer.run('updateAccount', id, patch)) ? accounts.getAccount(sql, id) : null,
    removeAccount: id => writer.run('removeAccount', id),
    getAccount: async id => accounts.getAccount(sql, id),
    listAccounts: async query => accounts.listAccounts(sql, query),

    getSync: async id => sync.getSync(sql, id),
    listSyncs: async query => sync.listSyncs(sql, query),
    listDueSyncs: async (now, limit) => sync.listDueSyncs(sql, now, limit),
    nextSyncAt: async () => sync.nextSyncAt(sql),
    newestSyncing: async id => sync.newestSyncing(sql, id),
    requestSync: request => writer.run('requestSync', request),
    patchSync: (id, patch) => writer.run('patchSync', id, patch),
    getItems: async (id, ids) => items.getItems(sql, id, ids),
    listItems: async (id, query) => items.listItems(sql, id, query),
    listUnseen: async (id, generation, limit) => items.listUnseen(sql, id, generation, limit),
    countUnseen: async (id, generation) => items.countUnseen(sql, id, generation),
    listSyncRuns: async query => runs.listSyncRuns(sql, query),
    sumSyncRuns: async since => runs.sumSyncRuns(sql, since),
    syncLatency: async since => runs.syncLatency(sql, since),

    addSubscription: subscription => writer.run('addSubscription', subscription),
    updateSubscription: async (id, patch) =>
      (await writer.run('updateSubscription', id, patch)) ? subscriptions.getSubscription(sql, id) : null,
    getSubscription: async id => subscriptions.getSubscription(sql, id),
    listSubscriptions: async query => subscriptions.listSubscriptions(sql, query),

    removeResource: id => writer.run('removeResource', id),
    getResource: async id => directory.getResource(sql, id),
    getSecrets: async id => {
      const sealed = directory.getSealedSecrets(sql, id)
      if (!sealed || sealed.byteLength === 0) return []
      const secrets: string[] = JSON.parse(seal.open(sealed, secretContext(id)))
      return secrets
    },
    countResources: async () => directory.countResources(sql),
    listResources: async query => directory.listResources(sql, query),

    addKey: (key, hash) => writer.run('addKey', key, hash),
    findKey: async hash => directory.findKey(sql, hash),
    listKeys: async query => directory.listKeys(sql, query),
    revokeKey: (id, now) => writer.run('revokeKey', id, now),

    getCredential: async name => {
      const sealed = directory.getSealedCredential(sql, name)
      return sealed ? seal.open(sealed, credentialContext(name)) : null
    },
    putCredential: async (name, value, expected) => {
      const sealed = directory.getSealedCredential(sql, name)
      if ((sealed ? seal.open(sealed, credentialContext(name)) : null) !== expected) return false
      return writer.run('putCredential', name, seal.seal(value, credentialContext(name)), sealed)
    },

    async proveSeal() {
      const samples = readSealedSamples(sql)
      if (!opensStore(samples, seal)) throw sealBroken('the store')
      const context = credentialContext(KEY_PROOF.name)
      if (samples.some(sample => sample.context === context)) return
      await writer.run('putCredential', KEY_PROOF.name, sealProof(), null)
    },
    forgetSealed: () => writer.run('forgetSealed', KEY_PROOF.name, sealProof()),

    putDevice: (device, limit) => writer.run('putDevice', packAddress(device, seal), limit),
    renewDevice: (renewal, limit) => writer.run('renewDevice', packAddress(renewal, seal), limit),
    getDevice: async id => devices.getDevice(sql, id),
    getDeviceStanding: async id => devices.getDeviceStanding(sql, id),
    nameDevices: async userId => devices.nameDevices(sql, userId),
    getEndedDevice: async id => devices.getEndedDevice(sql, id),
    isGoneEndpoint: async endpoint => devices.isGoneEndpoint(sql, hashEndpoint(endpoint)),
    getPushAddress: async id => {
      const row = devices.getSealedAddress(sql, id)
      if (!row) return null
      const address: PushAddress = JSON.parse(seal.open(row.address, addressContext(row.endpointHash)))
      return address
    },
    listDevices: async query => devices.listDevices(sql, query),
    countDevices: async () => devices.countDevices(sql),
    noteDevice: note => writer.run('noteDevice', note),
    noteShown: (id, at) => writer.run('noteShown', id, at),
    recordReceipt: receipt => writer.run('recordReceipt', receipt),
    removeDevice: (id, end) => writer.run('removeDevice', id, end ?? null),

    putReport: (report, limit) => writer.run('putReport', report, limit),
    listReports: async userId => listReports(sql, userId),
    addSignInLink: (link, limit) => writer.run('addSignInLink', link, limit),
    redeemSignInLink: (hash, session, limit) => writer.run('redeemSignInLink', hash, session, limit),
    findSession: async hash => findSession(sql, hash),
    listSessions: async userId => listSessions(sql, userId),
    extendSession: (id, seenAt, at, expiresAt) => writer.run('extendSession', id, seenAt, at, expiresAt),
    endSessions: (userId, id) => writer.run('endSessions', userId, id),

    listFeatures: async () => directory.listFeatures(sql),
    setFeature: (name, on) => writer.run('setFeature', name, on),

    recordCalls: calls => writer.run('recordCalls', calls),
    sumCalls: async since => directory.sumCalls(sql, since),

    prune: (limits, slice) => writer.run('prune', limits, slice),
    backup: target => copy({ type: 'back up', file, target }),
    restore,
    close: async () => {
      await writer.drain()
      // The writer's connection is the last to close: it folds the log into the file.
      eyes.close()
      await writer.close()
    },
  }
}

function sealBroken(what: string): EcError {
  return new EcError('EC_SEAL_BROKEN', `the master key does not open what is sealed in ${what}`)
}

function found<T>(row: T | null): T {
  if (row === null) throw new EcError('EC_INTERNAL', 'a row that was just written is not there')
  return row
}

function packAddress<T extends { readonly address: PushAddress }>({ address, ...rest }: T, seal: Seal) {
  const endpointHash = hashEndpoint(address.endpoint)
  return { ...rest, endpointHash, address: seal.seal(JSON.stringify(address), addressContext(endpointHash)) }
}

function hashEndpoint(endpoint: string): string {
  return createHash('sha256').update(endpoint).digest('hex')
}

/** What became of each, in order. */
function pairAppended(events: readonly NewEvent[], rows: readonly AppendedRow[]): readonly Appended[] {
  return events.flatMap((event, i) => {
    const row = rows[i]
    return row ? [toAppended(event, row)] : []
  })
}

function toAppended(event: NewEvent, row: AppendedRow): Appended {
  if (row.outcome !== 'appended') return row
  const { id, plan, userId, json, ws, progressKey } = event
  const { seq } = row
  const item = seq === null ? null : ({ kind: 'event', userId, seq, id, json, ws, progressKey } as const)
  return { outcome: 'appended', id, plan, item }
}

function packNotification(item: NewNotification): PackedNotification {
  const { provider, resourceId, key, kind, receivedAt, headers, body, job } = item
  const { kind: jobKind, group, priority, maxAttempts, runAt } = job ?? NO_JOB
  const headersText = JSON.stringify(headers)
  return [provider, resourceId, key, kind, receivedAt, headersText, body, jobKind, group, priority, maxAttempts, runAt]
}

const NO_JOB = { kind: null, group: '', priority: 0, maxAttempts: 0, runAt: 0 } as const

/** Its body in a buffer of its own, since all that its buffer holds would cross. */
function packDetached(item: NewNotification): PackedNotification {
  return packNotification({ ...item, body: new Uint8Array(item.body) })
}

function toAcceptance(packed: PackedAcceptance): Acceptance {
  return { outcome: packed > 0 ? 'accepted' : 'duplicate', id: toRowId('ntf', Math.abs(packed)) }
}

function packRefusal(refused: Omit<Refusal, 'body'>): PackedRefusal {
  return { ...refused, headers: JSON.stringify(refused.headers) }
}
