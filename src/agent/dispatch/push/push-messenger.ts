import type { Clock } from '../../../core/clock.ts'
import type { EcEvent } from '../../../core/event.ts'
import { onceFor } from '../../../core/once-for.ts'
import type { Outcome } from '../dispatcher.ts'
import { deliveryOf } from './delivery-of.ts'
import type { PushAddress } from '../../../core/device.ts'
import { MAX_PLAINTEXT_BYTES } from './encrypt.ts'
import type { EndpointGuard } from './endpoint-guard.ts'
import { fitPayload, type Standing } from './fit-payload.ts'
import type { PushCarrier } from './letter.ts'
import type { OriginGate } from './origin-gate.ts'
import { outcomeOf } from './outcome-of.ts'
import type { VapidHeaders } from './vapid-headers.ts'
import type { VapidKey } from './vapid-key.ts'

export interface PushMessengerOptions {
  readonly guard: EndpointGuard
  readonly carrier: Pick<PushCarrier, 'carry'>
  readonly gate: OriginGate
  readonly headers: VapidHeaders
  readonly clock: Clock
  /** Where a click leads when the event has no link. */
  readonly home: () => string
}

/** An event that goes out, and how things stand with its user. One for all devices is put into bytes once. */
export interface Outgoing {
  readonly event: EcEvent
  readonly standing: Standing
}

/** A device to send to, with the key pair that it subscribed with. */
export interface Recipient {
  readonly address: PushAddress
  readonly key: VapidKey
}

/** What came of a try after its remedies; `key_trouble` is the operator's to mend, the device stays. */
export type PushResult = Outcome | { readonly type: 'key_trouble'; readonly reason: string }

/** From an event to the answer of a push service: fitted, encrypted, signed, sent. */
export interface PushMessenger {
  /** One try, counted from 1. Settles within the sender's deadline for each request, of which there are three at most. */
  push(message: Outgoing, to: Recipient, attempt: number, signal: AbortSignal): Promise<PushResult>
}

/** For a service that finds 4,096 bytes too many; all take half. */
const SMALL_BYTES = 2_048 - 103
/**
 * Firefox shows a declarative message by itself from version 158 on and passes over `mutable`: no worker would say that it
 * was shown, and buttons that answer would be missing.
 */
const WORKER_ALONE = /\.push\.services\.mozilla\.com$/

const TOO_LARGE: PushResult = {
  type: 'rejected',
  reason: 'the push service takes no message of this size (413)',
}

/** What a message was fitted to, by room and kind. */
const payloadsOf = onceFor<Outgoing, Map<string, Buffer | null>>(() => new Map())

export function createPushMessenger(options: PushMessengerOptions): PushMessenger {
  const { guard, carrier, gate, headers, clock, home } = options

  const judge = onceFor(({ endpoint }: PushAddress) => guard.judge(endpoint))

  async function push(message: Outgoing, to: Recipient, attempt: number, signal: AbortSignal): Promise<PushResult> {
    const { event } = message
    const verdict = judge(to.address)
    if (!verdict.ok) return { type: 'rejected', reason: `the endpoint ${verdict.reason}` }
    const { url } = verdict
    const closed = gate.check(url.origin)
    if (closed !== null) return { type: 'retry', ...closed }

    let maxBytes = MAX_PLAINTEXT_BYTES
    let isSignedAnew = false
    for (;;) {
      const delivery = deliveryOf(event, clock.now())
      if (delivery === null) return { type: 'rejected', reason: 'the event has expired' }
      const payload = payloadOf(message, maxBytes, !WORKER_ALONE.test(url.hostname))
      if (payload === null) return { type: 'rejected', reason: 'the event does not fit a push message' }
      const authorization = await headers.headerFor(url.origin, to.key)
      const letter = { ...delivery, url, authorization, plaintext: payload, keys: to.address, attempt }
      const answer = await carrier.carry(letter, signal)
      gate.note(url, answer)
      const outcome = outcomeOf(answer, clock.now())
      // Each remedy is tried once.
      if (outcome.type === 'too_large') {
        if (maxBytes === SMALL_BYTES) return TOO_LARGE
        maxBytes = SMALL_BYTES
      } else if (outcome.type === 'key_trouble' && !isSignedAnew) {
        isSignedAnew = true
        headers.forget(url.origin, to.key)
      } else return outcome
    }
  }

  function payloadOf(message: Outgoing, maxBytes: number, declarative: boolean): Buffer | null {
    const made = payloadsOf(message)
    const name = `${maxBytes} ${declarative}`
    const known = made.get(name)
    if (known !== undefined) return known
    const payload = fitPayload(message.event, message.standing, home(), maxBytes, declarative)
    made.set(name, payload)
    return payload
  }

  return { push }
}
