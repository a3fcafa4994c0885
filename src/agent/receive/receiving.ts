import type { NewNotification, Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import type { ErrorCode } from '../../core/error-codes.ts'
import { EcError } from '../../core/errors.ts'
import type { Meter } from '../../core/meter.ts'
import type { RawRequest } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'
import type {
  Challenge,
  ChallengeRefusal,
  ParsedNotification,
  RefusedItem,
  VerifyContext,
} from '../../providers/provider.ts'
import type { WebhookAnswer } from '../http/api.ts'
import { createCounts, type Counts, type WebhookOutcome } from './counts.ts'
import type { Entry } from './directory.ts'
import { keepHeaders } from './headers.ts'
import { processingJob } from './processing-job.ts'
import { sayOtherProofs } from './other-proofs.ts'
import type { Quarantine } from './quarantine.ts'

export interface ReceivingOptions {
  readonly store: Pick<Store, 'acceptNotifications' | 'releaseHeld'>
  readonly quarantine: Quarantine
  /** The resource as it is now; null when it has gone. */
  readonly refresh: (entry: Entry) => Promise<Entry | null>
  readonly clock: Clock
  readonly meter: Meter
  readonly verifyContext: (resource: Resource) => VerifyContext
  /** Keeps the secret that a service sent; false when the resource has one. */
  readonly adoptSecret: (resourceId: string, secret: string) => Promise<boolean>
  /** Told when there is work. */
  readonly onAccepted: () => void
  /** Told when notifications are stored, whether or not there is work. */
  readonly onStored: () => void
}

/** Judges a request for one resource and makes what it brings durable. Resolves only then. */
export type Receive = (entry: Entry, request: RawRequest) => Promise<WebhookAnswer>

export function createReceiving(options: ReceivingOptions): Receive {
  const { store, quarantine, refresh, clock, meter, verifyContext, onAccepted, onStored } = options
  const counts = new Map<string, Counts>()

  return async function receive(entry, request) {
    const { resource, receiver, secrets } = entry
    const started = clock.monotonic()
    const now = clock.now()
    const challenge = receiver.challenge?.(request, resource, now) ?? null
    if (challenge !== null) return await answerChallenge(entry, request, now, challenge)
    if (secrets.length === 0 && receiver.proof !== 'key') {
      throw await refuse('no_secret', entry, request, now, 'EC_SECRET_MISSING', 'the resource has no secret')
    }
    const verdict = await verify(entry, request, now)
    if (!verdict.ok) {
      const { code, body = request.body } = verdict
      const isMissing = code === 'EC_SIGNATURE_MISSING'
      const detail = isMissing ? `${verdict.detail}; ${sayOtherProofs(request.headers)}` : verdict.detail
      throw await refuse('bad_signature', entry, { ...request, body }, now, code, detail)
    }
    const parsed = receiver.parse(request, resource, secrets)
    if (!parsed.ok) return await setAside(entry, request, now, parsed.detail)
    const { items, refused = [] } = parsed
    for (const item of refused) await refuseItem(entry, request, now, item)

    const count = countsOf(resource.provider)
    if (items.length > 0) count.add(await accept(entry, request, items, now))
    else if (refused.length === 0) count.add('empty')
    count.seconds.observe((clock.monotonic() - started) / 1000)
    return { status: receiver.statuses?.accepted ?? 202 }
  }

  /** Only keys that have to be fetched make it wait. */
  function verify({ resource, receiver, secrets }: Entry, request: RawRequest, now: number) {
    return receiver.verify(request, secrets, resource, now, verifyContext(resource))
  }

  async function answerChallenge(
    entry: Entry,
    request: RawRequest,
    now: number,
    challenge: Challenge | ChallengeRefusal,
  ): Promise<WebhookAnswer> {
    if ('refused' in challenge) throw await refuseChallenge(entry, request, now, challenge.refused)
    const { answer, secret } = challenge
    if (secret !== undefined && !(await options.adoptSecret(entry.resource.id, secret))) {
      throw await refuseChallenge(entry, request, now, 'another handshake gave the resource its secret')
    }
    countsOf(entry.resource.provider).add('challenge')
    return answer
  }

  /** Kept without its body: the token in it may be the one that the service goes on to sign with. */
  function refuseChallenge(entry: Entry, request: RawRequest, now: number, detail: string): Promise<EcError> {
    const emptied = { ...request, body: Buffer.alloc(0) }
    return refuse('bad_signature', entry, emptied, now, 'EC_HANDSHAKE_REFUSED', detail)
  }

  /** The rest of its batch is taken, so its sender hears nothing of it. */
  async function refuseItem(entry: Entry, request: RawRequest, now: number, item: RefusedItem): Promise<void> {
    const { reason, detail, body } = item
    const part = { ...request, body }
    if (reason === 'EC_NOTIFICATION_MALFORMED') {
      countsOf(entry.resource.provider).add('malformed')
      await quarantine.keepAuthentic({ entry, request: part, receivedAt: now, reason, detail })
    } else {
      await refuse('bad_signature', entry, part, now, reason, detail)
    }
  }

  async function accept(
    entry: Entry,
    { headers, body }: RawRequest,
    items: readonly ParsedNotification[],
    now: number,
  ): Promise<WebhookOutcome> {
    const kept = keepHeaders(headers, entry.receiver.keepHeaders)
    const accepted = await store.acceptNotifications(items.map(item => newNotification(entry, body, kept, item, now)))
    const stored = accepted.filter(({ outcome }) => outcome === 'accepted').length
    if (stored === 0) return 'duplicate'
    countsOf(entry.resource.provider).stored.add(stored)
    onStored()
    if (entry.resource.paused) {
      await releaseIfResumed(entry)
      return 'held'
    }
    onAccepted()
    return 'accepted'
  }

  /** The resource may have been resumed, and its held notifications released, while this one was on its way. */
  async function releaseIfResumed(entry: Entry): Promise<void> {
    const current = await refresh(entry)
    if (current === null || current.resource.paused) return
    await store.releaseHeld(entry.resource.id, processingJob(entry.resource.id, clock.now()))
    onAccepted()
  }

  /** The error to answer with. What was looked at and found is for the owner: to the sender it would be an oracle. */
  async function refuse(
    outcome: WebhookOutcome,
    entry: Entry,
    request: RawRequest,
    receivedAt: number,
    reason: keyof typeof REFUSALS,
    detail: string,
  ): Promise<EcError> {
    countsOf(entry.resource.provider).add(outcome)
    await quarantine.keepUnverified({ entry, request, receivedAt, reason, detail })
    return new EcError(reason, REFUSALS[reason])
  }

  /** Authentic, yet not what the provider documents: kept for sure, with the status that stops the sender's retries. */
  async function setAside(
    entry: Entry,
    request: RawRequest,
    receivedAt: number,
    detail: string,
  ): Promise<WebhookAnswer> {
    const reason: ErrorCode = 'EC_NOTIFICATION_MALFORMED'
    countsOf(entry.resource.provider).add('malformed')
    const id = await quarantine.keepAuthentic({ entry, request, receivedAt, reason, detail })
    const status = entry.receiver.statuses?.malformed
    if (status !== undefined && status < 400) return { status }
    throw new EcError(reason, detail, { hint: `see \`ec notifications why ${id}\``, details: { notification: id } })
  }

  function countsOf(provider: string): Counts {
    const known = counts.get(provider)
    if (known !== undefined) return known
    const made = createCounts(meter, provider)
    counts.set(provider, made)
    return made
  }
}

const REFUSALS = {
  EC_SECRET_MISSING: 'the resource has no secret, so nothing can be verified',
  EC_SIGNATURE_MISSING: 'the signature header is missing',
  EC_SIGNATURE_INVALID: 'the signature does not match the bytes',
  EC_HANDSHAKE_REFUSED: 'the handshake is not believed',
} as const

function newNotification(
  { resource }: Entry,
  whole: Uint8Array,
  headers: Readonly<Record<string, string>>,
  { key, kind, body = whole }: ParsedNotification,
  receivedAt: number,
): NewNotification {
  const { provider, id: resourceId, paused } = resource
  const job = paused ? null : processingJob(resourceId, receivedAt)
  return { provider, resourceId, key, kind, receivedAt, headers, body, job }
}
