import { z } from 'zod'
import type { Bus } from '../../../backends/backend.ts'
import type { Store } from '../../../backends/store.ts'
import type { Clock } from '../../../core/clock.ts'
import type { RandomBytes } from '../../../core/ids.ts'
import { createSeal, type Seal } from '../../../core/seal.ts'

/** Whose question a link in a mail answers, and with which option, by its place. */
export interface AnswerClaim {
  readonly userId: string
  readonly question: string
  readonly option: number
}

/** Which mail, and whose, a link switches off. */
export interface StopClaim {
  readonly userId: string
  /** A type of events, or `DIGESTS`. */
  readonly type: string
}

/** In the place of a type, which cannot be called so. */
export const DIGESTS = '@digests'

/**
 * What stands in the links of a mail: sealed (AES-256-GCM) under a key of this store's own, so that nobody can make or
 * change one, or read of it whom it concerns. A token opens for its own purpose alone.
 */
export interface PageTokens {
  /** Good until `expiresAt` (ms). */
  forAnswer(claim: AnswerClaim, expiresAt: number): Promise<string>
  /** Does not expire: a mail may be read years later. */
  forStop(claim: StopClaim): Promise<string>
  /** Null: none of ours, changed, or expired. */
  readAnswer(token: string): Promise<AnswerClaim | null>
  readStop(token: string): Promise<StopClaim | null>
  close(): void
}

const CREDENTIAL = 'email:pages'
const KEY_BYTES = 32
/** What the router takes of a path's part. */
const MAX_TOKEN = 512
const ANSWER = 'email answer'
const STOP = 'email stop'

const answerShape = z.tuple([z.string(), z.string(), z.int().min(0), z.int()])
const stopShape = z.tuple([z.string(), z.string()])

export function createPageTokens(options: {
  readonly store: Pick<Store, 'getCredential' | 'putCredential'>
  readonly bus: Bus
  readonly clock: Clock
  readonly randomBytes: RandomBytes
}): PageTokens {
  const { store, bus, clock, randomBytes } = options
  let made: Promise<Seal> | null = null
  // A restored store may hold another key.
  const unsubscribe = bus.subscribe('restored', () => {
    made = null
  })

  /** The key, made by whoever comes first; a failure is not remembered. */
  function seal(): Promise<Seal> {
    made ??= readKey().then(createSeal, (error: unknown) => {
      made = null
      throw error
    })
    return made
  }

  async function readKey(): Promise<Uint8Array> {
    const stored = await store.getCredential(CREDENTIAL)
    if (stored !== null) return Buffer.from(stored, 'base64url')
    const fresh = Buffer.from(randomBytes(KEY_BYTES)).toString('base64url')
    if (await store.putCredential(CREDENTIAL, fresh, null)) return Buffer.from(fresh, 'base64url')
    return readKey()
  }

  async function write(claim: unknown, purpose: string): Promise<string> {
    return Buffer.from((await seal()).seal(JSON.stringify(claim), purpose)).toString('base64url')
  }

  async function read(token: string, purpose: string): Promise<unknown> {
    if (token.length > MAX_TOKEN) return null
    const sealed = Buffer.from(token, 'base64url')
    // Decoding passes over what is no part of the alphabet and over spare bits; a link is good in one spelling alone.
    if (sealed.toString('base64url') !== token) return null
    const opener = await seal()
    try {
      const claim: unknown = JSON.parse(opener.open(sealed, purpose))
      return claim
    } catch {
      // Whatever is wrong with it, it is none of ours; the page says that in one way.
      return null
    }
  }

  return {
    forAnswer: ({ userId, question, option }, expiresAt) => write([userId, question, option, expiresAt], ANSWER),
    forStop: ({ userId, type }) => write([userId, type], STOP),
    async readAnswer(token) {
      const parsed = answerShape.safeParse(await read(token, ANSWER))
      if (!parsed.success) return null
      const [userId, question, option, expiresAt] = parsed.data
      return expiresAt <= clock.now() ? null : { userId, question, option }
    },
    async readStop(token) {
      const parsed = stopShape.safeParse(await read(token, STOP))
      if (!parsed.success) return null
      const [userId, type] = parsed.data
      return { userId, type }
    },
    close: unsubscribe,
  }
}
