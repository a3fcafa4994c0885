import type { JobWorker } from '../backends/backend.ts'
import type { Appended, JobEffects, NewEvent, Store } from '../backends/store.ts'
import type { Clock } from '../core/clock.ts'
import { toEcError } from '../core/errors.ts'
import type { EventInput } from '../core/event-schema.ts'
import { SENT_CHANNELS, type SentChannel } from '../core/event.ts'
import type { GovernorRule } from '../core/governor.ts'
import { laneOf, type ClaimedJob, type JobKind, type JobResult } from '../core/job.ts'
import type { Log } from '../core/log.ts'
import type { Counter, Meter } from '../core/meter.ts'
import type { Resource } from '../core/resource.ts'
import { nextAttemptAt, type RetryPolicy } from '../core/retry.ts'
import type { Provider } from '../providers/provider.ts'
import { attemptDelivery, traceOf, type Attempt } from './dispatch/attempt-delivery.ts'
import { makeDigest, type MakeDigestContext } from './dispatch/digest/make-digest.ts'
import { leaveToNext, sendDigest, type DigestMailer } from './dispatch/digest/send-digest.ts'
import type { Dispatchers } from './dispatch/dispatchers.ts'
import { governorAlert } from './dispatch/push/governor-alert.ts'
import { sendEvent, type DueStep, type SendContext } from './dispatch/send-event.ts'
import { PAYLOAD } from './job-payload.ts'
import type { CallbackTarget } from './questions/callback.ts'
import { buriedAlert } from './receive/buried-alert.ts'
import { processNotification } from './receive/process.ts'
import type { SyncEngine } from './sync/engine.ts'

/**
 * The flow behind the doors, on one screen:
 *
 *     receive  -> accepted, durable, answered 2xx        -> job notification.process
 *     notification.process -> provider.describe          -> events, in the transaction that ends the job
 *                          -> of a synced resource: a read is asked for   -> job sync.run
 *     sync.run -> provider.readPage, compared with the copy   -> the copy, events and the next page's job, in one transaction
 *     subscription.renew -> kept, asked for, active      -> the old one superseded, and a job subscription.stop
 *     subscription.stop -> stopped at the provider
 *     notification.alert -> a job that ended with its agent, or hung, too often: the owner is told
 *     emit     -> route -> appended, durable, answered   -> told to whoever listens; later, job event.deliver
 *     event.deliver -> its number in the stream          -> told to whoever listens
 *     event.send -> route, asked again                   -> a job for each device or address, or later once more
 *     push.send, email.send, exec.send, webhook.send -> one try at one target     -> delivered, tried again, or the next channel
 *     digest.make -> route, asked again of all that waits -> what is in the digest, and a job to mail it
 *     digest.send -> one try to mail it              -> delivered, tried again, or left to the next digest
 *     push.governed -> a type that its user never opens  -> out of push, and the user is told
 *     question.expire -> its default answer, or none     -> told to whoever listens and waits
 *     answer   -> durable, answered                      -> job question.callback
 *     question.callback -> signed, to the service that asked
 */
export interface PipelineOptions {
  readonly store: Store
  readonly loadProvider: (id: string) => Promise<Provider>
  readonly findResource: (id: string) => Promise<Resource | null>
  readonly events: {
    makeOwn(inputs: readonly EventInput[]): readonly NewEvent[]
    announce(appended: readonly Appended[]): void
  }
  readonly sync: Pick<SyncEngine, 'run' | 'announce' | 'settled' | 'bury'>
  readonly questions: { expire(userId: string, id: string): Promise<void> }
  readonly callBack: (target: CallbackTarget) => Promise<void>
  readonly dispatchers: Dispatchers
  readonly planAgain: SendContext['planAgain']
  readonly digests: MakeDigestContext['digests']
  readonly digestMailer: DigestMailer | null
  /** When a type is taken out of push; null = never. */
  readonly governor: GovernorRule | null
  /** Resolves when the delivery goes by what the store now knows of a user. */
  readonly refresh: (userId: string) => Promise<void>
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  readonly meter: Meter
  /** Told after each end of a job, when it is durable. */
  readonly onSettled: () => void
}

/** "Up to 3 retries"; the number of attempts stands with the job, since it is decided when the job is born. */
const RETRIES: Readonly<Record<JobKind, Omit<RetryPolicy, 'maxAttempts'>>> = {
  'notification.process': { baseMs: 1_000, capMs: 60_000 },
  'notification.alert': { baseMs: 1_000, capMs: 60_000 },
  'sync.run': { baseMs: 5_000, capMs: 5 * 60_000 },
  'sync.fill': { baseMs: 5_000, capMs: 5 * 60_000 },
  'subscription.renew': { baseMs: 30_000, capMs: 60 * 60_000 },
  'subscription.stop': { baseMs: 30_000, capMs: 60 * 60_000 },
  'event.deliver': { baseMs: 500, capMs: 10_000 },
  'event.send': { baseMs: 500, capMs: 60_000 },
  // What a target says has waits of its own; these are for what befalls us.
  'push.send': { baseMs: 1_000, capMs: 60_000 },
  'email.send': { baseMs: 1_000, capMs: 60_000 },
  'exec.send': { baseMs: 1_000, capMs: 60_000 },
  'webhook.send': { baseMs: 1_000, capMs: 60_000 },
  'digest.make': { baseMs: 500, capMs: 60_000 },
  'digest.send': { baseMs: 1_000, capMs: 60_000 },
  'push.governed': { baseMs: 1_000, capMs: 60_000 },
  'question.expire': { baseMs: 500, capMs: 60_000 },
  'question.callback': { baseMs: 5_000, capMs: 6 * 3_600_000 },
}

/**
 * Waits after each try that a target asked to repeat, ms, of channels that say nothing themselves. Mail servers keep grey
 * lists for some minutes.
 */
const WAITS: Readonly<Partial<Record<SentChannel, readonly number[]>>> = {
  push: [5_000, 30_000, 2 * 60_000, 10 * 60_000, 30 * 60_000],
  email: [5 * 60_000, 15 * 60_000, 60 * 60_000],
}

type Result = JobResult<JobEffects>

const { text, count, instant, channel, unless } = PAYLOAD

export function createPipeline(options: PipelineOptions): JobWorker {
  const { store, findResource, events, questions, callBack, clock, random, log, meter, onSettled } = options
  const sending = { ...options, waitsOf }
  const processing = { ...options, announce: options.sync.announce }
  const ends = {
    done: new Map<JobKind, Counter>(),
    retry: new Map<JobKind, Counter>(),
    dead: new Map<JobKind, Counter>(),
  } as const satisfies Record<Result['type'], Map<JobKind, Counter>>

  async function run(job: ClaimedJob, signal: AbortSignal): Promise<Result> {
    switch (job.kind) {
      case 'notification.process':
        return done(await processNotification(processing, text(job, 'notification')))
      case 'notification.alert':
        return done(await tellOfBuried(text(job, 'buried'), text(job, 'job')))
      case 'sync.run':
      case 'sync.fill':
      case 'subscription.renew':
      case 'subscription.stop':
        return options.sync.run(job, signal)
      case 'event.deliver':
        return done({ deliver: { userId: text(job, 'user_id'), eventId: text(job, 'event_id') } })
      case 'event.send':
        return done(await sendEvent(sending, dueStep(job)))
      case 'push.send':
        return attempt(job, 'push', signal)
      case 'email.send':
        return attempt(job, 'email', signal)
      case 'digest.make':
        return done(await makeDigest(sending, text(job, 'user_id')))
      case 'digest.send':
        return mailDigest(job, signal)
      case 'exec.send':
        return attempt(job, 'exec', signal)
      case 'webhook.send':
        return attempt(job, 'webhook', signal)
      case 'push.governed':
        return done(await tellGoverned(job))
      case 'question.expire':
        // Ending what has ended does nothing, so it need not share the transaction of its job's end.
        await questions.expire(text(job, 'user_id'), text(job, 'question'))
        return done({})
      case 'question.callback':
        await callBack({
          userId: text(job, 'user_id'),
          id: text(job, 'question'),
          keyId: text(job, 'key'),
          url: text(job, 'url'),
        })
        return done({})
      default:
        return job.kind satisfies never
    }
  }

  function attempt(job: ClaimedJob, by: SentChannel, signal: AbortSignal): Promise<Result> {
    return attemptDelivery(sending, attemptOf(job, by), signal)
  }

  function waitsOf(of: SentChannel): readonly number[] {
    return options.dispatchers.get(of)?.retryWaitsMs ?? WAITS[of] ?? []
  }

  function mailDigest(job: ClaimedJob, signal: AbortSignal): Promise<Result> {
    const { attempt: nth, maxAttempts } = job
    const what = { userId: text(job, 'user_id'), digest: text(job, 'digest'), attempt: nth, maxAttempts }
    return sendDigest({ ...options, mailer: options.digestMailer, waits: waitsOf('email') }, what, signal)
  }

  /** From here on it goes out no more, so the telling of it may be a push itself. */
  async function tellGoverned(job: ClaimedJob): Promise<JobEffects> {
    const userId = text(job, 'user_id')
    await options.refresh(userId)
    const counts = { sent: count(job, 'sent'), opened: count(job, 'opened') }
    return { events: events.makeOwn([governorAlert({ userId, type: text(job, 'type'), ...counts })]) }
  }

  async function failed(job: ClaimedJob, thrown: unknown): Promise<Result> {
    const error = toEcError(thrown)
    const policy = { ...RETRIES[job.kind], maxAttempts: job.maxAttempts }
    const { retryAfterMs = 0 } = error
    const at = nextAttemptAt({ policy, attempt: job.attempt, now: clock.now(), random: random(), retryAfterMs })
    log.warn('a job failed', {
      job: job.id,
      kind: job.kind,
      attempt: job.attempt,
      code: error.code,
      again: at !== null,
    })
    const reason = `${error.code}: ${error.message}`
    if (at !== null) return { type: 'retry', at, reason }
    return { type: 'dead', reason, effects: await lastEffects(job, error.code) }
  }

  /** What must be known of a job that nobody will try again. */
  async function lastEffects(job: ClaimedJob, code: string): Promise<JobEffects> {
    if (job.kind === 'digest.send') {
      return { digest: leaveToNext(options, { userId: text(job, 'user_id'), digest: text(job, 'digest') }) }
    }
    const by = SENT_CHANNELS.find(sent => job.kind === `${sent}.send`)
    if (by !== undefined) return { traces: [traceOf(attemptOf(job, by), 'failed', code, clock.now())] }
    if (isSync(job)) return options.sync.bury(job)
    if (job.kind !== 'notification.process') return {}
    const id = text(job, 'notification')
    const notification = { id, state: 'dead', reason: code } as const
    const record = await store.getNotification(id).catch(() => null)
    const resource = record && (await findResource(record.resourceId).catch(() => null))
    if (!resource) return { notification }
    const alert = buriedAlert({ resource, notification: id, job: job.id, attempts: job.attempt, code })
    return { notification, events: events.makeOwn([alert]) }
  }

  /** The store has given it up without us. A person may have had it tried again since. */
  async function tellOfBuried(id: string, jobId: string): Promise<JobEffects> {
    const [record, job] = await Promise.all([store.getNotification(id), store.getJob(jobId)])
    if (record?.state !== 'dead' || job === null) return {}
    const resource = await findResource(record.resourceId)
    if (!resource) return {}
    const code = record.reason ?? 'EC_INTERNAL'
    const alert = buriedAlert({ resource, notification: id, job: jobId, attempts: job.attempt, code })
    return { events: events.makeOwn([alert]) }
  }

  function countEnd(kind: JobKind, end: Result['type']): void {
    const counter = ends[end].get(kind) ?? meter.counter('ec_jobs_total', { kind, end })
    ends[end].set(kind, counter)
    counter.add()
  }

  return {
    handle: (job, signal) => run(job, signal).catch((error: unknown) => failed(job, error)),
    settled(job, result, appended) {
      countEnd(job.kind, result.type)
      if (appended.length > 0) events.announce(appended)
      if (isSync(job)) options.sync.settled(job, result)
      onSettled()
    },
  }
}

function isSync({ kind }: ClaimedJob): boolean {
  const lane = laneOf(kind)
  return lane === 'sync' || lane === 'fills' || lane === 'subscriptions'
}

function done(effects: JobEffects): Result {
  return { type: 'done', effects }
}

function attemptOf(job: ClaimedJob, by: SentChannel): Attempt {
  const userId = text(job, 'user_id')
  const target = { id: text(job, 'target'), userId, label: text(job, 'label') }
  const { attempt, maxAttempts } = job
  return {
    userId,
    eventId: text(job, 'event_id'),
    channel: by,
    target,
    unless: unless(job),
    queuedAt: instant(job, 'queued_at'),
    attempt,
    maxAttempts,
  }
}

function dueStep(job: ClaimedJob): DueStep {
  const snooze = instant(job, 'snooze')
  return {
    userId: text(job, 'user_id'),
    eventId: text(job, 'event_id'),
    channel: channel(job),
    reason: text(job, 'reason'),
    unless: unless(job),
    ...(snooze === null ? {} : { snooze }),
  }
}
