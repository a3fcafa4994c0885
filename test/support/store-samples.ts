import type { Account } from '#ec/core/account.js'
import { createHash, randomUUID } from 'node:crypto'
import type {
  LaneClaim,
  NewEvent,
  NewNotification,
  NewResource,
  NotificationJob,
  RetentionLimits,
} from '#ec/backends/store.js'
import { LANES, type NewJob } from '#ec/core/job.js'
import type { Plan } from '#ec/core/plan.js'
import type { ServiceKey } from '#ec/core/service-key.js'

/** The start of the fake clock. */
export const T0 = Date.parse('2026-01-05T09:00:00.000Z')

export const PLAN: Plan = {
  steps: [{ channel: 'ws', action: 'send', reason: 'type_rule' }],
  rule: 'type',
  warnings: [],
  inbox: true,
}

export function aJob(over: Partial<NotificationJob> = {}): NotificationJob {
  return { kind: 'notification.process', group: 'r1', priority: 0, maxAttempts: 4, runAt: T0, ...over }
}

/** A notification of its resource; its job's group is the resource unless said. */
export function aNotification(over: Partial<NewNotification> = {}): NewNotification {
  const resourceId = over.resourceId ?? 'r1'
  return {
    provider: 'github',
    resourceId,
    key: randomUUID(),
    kind: 'push',
    receivedAt: T0,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{"a":1}'),
    job: aJob({ group: resourceId }),
    ...over,
  }
}

export function anEvent(over: Partial<NewEvent> & { readonly title?: string; readonly body?: string } = {}): NewEvent {
  const { title = 'Build done', body = '', ...rest } = over
  const id = over.id ?? `evt_${randomUUID()}`
  const userId = over.userId ?? 'anna'
  const type = over.type ?? 'job.done'
  return {
    id,
    userId,
    json: JSON.stringify({ id, user_id: userId, type, title, body, level: over.level ?? 'info' }),
    type,
    level: 'info',
    service: null,
    keyId: null,
    contentHash: null,
    idempotencyKey: null,
    createdAt: T0,
    deliverAt: null,
    jobs: [],
    expiresAt: null,
    plan: PLAN,
    ws: true,
    progressKey: null,
    question: null,
    ...rest,
  }
}

/** The same room in every lane. */
export function inAllLanes(limit: number, perGroup = limit): readonly LaneClaim[] {
  return LANES.map(lane => ({ lane, limit, perGroup }))
}

/** An event that waits for its instant, with the job that will deliver it. */
export function aScheduledEvent(deliverAt: number, over: Partial<NewEvent> = {}): NewEvent {
  const event = anEvent({ ...over, deliverAt })
  const deliverJob: NewJob = {
    kind: 'event.deliver',
    group: '',
    priority: 0,
    maxAttempts: 4,
    runAt: deliverAt,
    payload: { user_id: event.userId, event_id: event.id },
  }
  return { ...event, jobs: [deliverJob] }
}

/** Progress of a job: it stands in no inbox. */
export function aProgress(job: string, over: Partial<NewEvent> = {}): NewEvent {
  return anEvent({ type: 'job.progress', progressKey: `job:${job}`, plan: { ...PLAN, inbox: false }, ...over })
}

export function contentHashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export function aResource(over: Partial<NewResource> = {}): NewResource {
  return {
    id: randomUUID(),
    provider: 'github',
    userId: 'anna',
    name: 'api',
    settings: { repository: 'acme/api' },
    secrets: ['s3cret-of-a-hook'],
    createdAt: T0,
    ...over,
  }
}

export function anAccount(over: Partial<Account> = {}): Account {
  return {
    id: 'a1',
    family: 'google',
    userId: 'anna',
    address: 'anna@example.org',
    scopes: ['https://www.googleapis.com/auth/calendar.readonly'],
    settings: {},
    state: 'ok',
    reason: null,
    createdAt: T0,
    grantedAt: T0,
    ...over,
  }
}

export function aKey(over: Partial<ServiceKey> = {}): ServiceKey {
  return {
    id: `key_${randomUUID()}`,
    name: 'ci',
    scopes: ['emit'],
    types: [],
    users: [],
    maxLevel: null,
    callbackUrl: null,
    createdAt: T0,
    revokedAt: null,
    ...over,
  }
}

/** Everything older than this may go. */
export function allBefore(at: number): RetentionLimits {
  return {
    progressBefore: at,
    eventsBefore: at,
    bodiesBefore: at,
    notificationsBefore: at,
    callsBefore: at,
    jobsBefore: at,
    tracesBefore: at,
    engagementBefore: at,
    reportsBefore: at,
    sessionsBefore: at,
  }
}
