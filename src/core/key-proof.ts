import type { Seal } from './seal.ts'

/**
 * A credential of the store whose plain text is known: whether it opens tells whether the master key is the one that the
 * store was sealed with.
 */
export const KEY_PROOF = { name: 'key.proof', text: 'eventcenter' } as const

/** A sealed value of a store, as JSON carries it. */
export interface SealedSample {
  readonly context: string
  readonly base64: string
}

/**
 * Whether the key of `seal` is the store's; true of a store in which nothing is sealed yet. Of a store from before there
 * was a proof one sample that opens is enough: somebody may have gone on with another key, and seal with this one now.
 */
export function opensStore(samples: readonly SealedSample[], seal: Seal): boolean {
  return samples.length === 0 || samples.some(sample => opens(sample, seal))
}

function opens({ context, base64 }: SealedSample, seal: Seal): boolean {
  try {
    seal.open(Buffer.from(base64, 'base64'), context)
    return true
  } catch {
    return false
  }
}
