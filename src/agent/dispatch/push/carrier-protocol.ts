import type { LookupAddress } from 'node:dns'
import type { ApiCall } from '../../../core/api-call.ts'
import type { PushAnswer } from './answer.ts'
import type { Urgency } from './delivery-of.ts'
import type { Letter } from './letter.ts'
import { packParts, unpackParts } from './pack-parts.ts'

/** What a thread of `thread-carrier.ts` starts with. */
export interface CarrierSetup {
  readonly ca: string | null
  readonly deadlineMs: number | null
  readonly maxSessions: number
}

/** What it is told. */
export type CarrierRequest =
  | { readonly type: 'letters'; readonly letters: readonly PackedLetter[]; readonly texts: ArrayBuffer }
  | { readonly type: 'cancel'; readonly hold: number }
  | { readonly type: 'looked up'; readonly id: number; readonly found: Lookup }
  | { readonly type: 'close' }

/** What it says. */
export type CarrierReply =
  | { readonly type: 'ready' }
  | { readonly type: 'answers'; readonly answers: readonly Answered[]; readonly calls: readonly ApiCall[] }
  /** Whether an address is allowed is judged in one place, and that is not here. */
  | { readonly type: 'look up'; readonly id: number; readonly hostname: string; readonly family: number }

export type Lookup =
  | { readonly ok: true; readonly addresses: readonly LookupAddress[] }
  | { readonly ok: false; readonly message: string; readonly code: string }

/** `wrong`: it cannot be encrypted, and why. */
export type Answered = readonly [id: number, answer: PushAnswer | { readonly type: 'wrong'; readonly message: string }]

/**
 * A letter on its way to the thread. Lists of plain values cross at a fraction of what objects with names cost, and the
 * text of an event, which all its devices get, crosses once.
 */
export type PackedLetter = readonly [
  id: number,
  href: string,
  authorization: string,
  ttl: number,
  urgency: Urgency,
  topic: string,
  p256dh: string,
  auth: string,
  attempt: number,
  hold: number,
  /** Its place among the texts. */
  text: number,
]

export interface NumberedLetter {
  readonly id: number
  readonly letter: Letter
  /** Those with the same are given up together. */
  readonly hold: number
}

export function packLetters(some: readonly NumberedLetter[]): Extract<CarrierRequest, { type: 'letters' }> {
  const places = new Map<Uint8Array, number>()
  const letters = some.map(({ id, letter, hold }): PackedLetter => {
    const { url, authorization, ttl, urgency, topic, plaintext, keys, attempt } = letter
    const text = places.get(plaintext) ?? places.size
    places.set(plaintext, text)
    return [id, url.href, authorization, ttl, urgency, topic, keys.p256dh, keys.auth, attempt, hold, text]
  })
  return { type: 'letters', letters, texts: packParts([...places.keys()]) }
}

export function unpackLetters(letters: readonly PackedLetter[], texts: ArrayBuffer): readonly NumberedLetter[] {
  const plaintexts = unpackParts(texts)
  return letters.map(([id, href, authorization, ttl, urgency, topic, p256dh, auth, attempt, hold, text]) => {
    const plaintext = plaintexts[text] ?? new Uint8Array()
    const letter = {
      url: new URL(href),
      authorization,
      ttl,
      urgency,
      topic,
      plaintext,
      keys: { p256dh, auth },
      attempt,
    }
    return { id, letter, hold }
  })
}
