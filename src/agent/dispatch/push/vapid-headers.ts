import { SignJWT } from 'jose'
import type { Clock } from '../../../core/clock.ts'
import { toSigningKey, type VapidKey } from './vapid-key.ts'

/** How long a token holds; push services take at most 24 h, and clocks differ. */
const LIFETIME_MS = 12 * 3_600_000
/** It is made anew this long before it ends. */
const MARGIN_MS = 3_600_000
/** Origins and keys whose tokens are remembered; Microsoft alone has hundreds of hosts. */
const REMEMBERED = 1_000

interface Signed {
  readonly until: number
  readonly header: Promise<string>
}

/**
 * The `Authorization` of push requests. A token says to which origin and until when, nothing of the message, so one is
 * signed for each origin and key and used for 11 hours, as RFC 8292 section 5 encourages.
 */
export class VapidHeaders {
  readonly #clock: Clock
  readonly #known = new Map<string, Signed>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  headerFor(origin: string, key: VapidKey): Promise<string> {
    const name = nameOf(origin, key)
    const now = this.#clock.now()
    const known = this.#known.get(name)
    // A token from later than now was signed before the clock was set back, and looks too old or too new to others.
    if (known && now < known.until - MARGIN_MS && known.until - LIFETIME_MS <= now) return known.header
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    const header = sign(origin, key, now + LIFETIME_MS)
    this.#known.set(name, { until: now + LIFETIME_MS, header })
    return header
  }

  /** The next header is signed anew: a push service did not take this one. */
  forget(origin: string, key: VapidKey): void {
    this.#known.delete(nameOf(origin, key))
  }
}

function nameOf(origin: string, key: VapidKey): string {
  return `${origin} ${key.id} ${key.subject}`
}

async function sign(origin: string, key: VapidKey, until: number): Promise<string> {
  const token = await new SignJWT({})
    .setProtectedHeader({ typ: 'JWT', alg: 'ES256' })
    .setAudience(origin)
    .setSubject(key.subject)
    .setExpirationTime(Math.floor(until / 1_000))
    .sign(toSigningKey(key))
  return `vapid t=${token}, k=${key.publicKey}`
}
