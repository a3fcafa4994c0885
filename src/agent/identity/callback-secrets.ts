import { createHmac } from 'node:crypto'
import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import type { RandomBytes } from '../../core/ids.ts'

export interface CallbackSecretsOptions {
  readonly store: Pick<Store, 'getCredential' | 'putCredential'>
  readonly bus: Bus
  readonly randomBytes: RandomBytes
}

export interface CallbackSecrets {
  /** What callbacks to the holder of this service key are signed with, `whsec_` and base64: always the same. */
  of(keyId: string): Promise<string>
  close(): void
}

const CREDENTIAL = 'callback-key'
const KEY_BYTES = 32

/** Secrets that callbacks are signed with: each is derived from one sealed key of this store, so none is kept by itself. */
export function createCallbackSecrets({ store, bus, randomBytes }: CallbackSecretsOptions): CallbackSecrets {
  let root: Promise<string> | null = null
  // A restored store may hold another key.
  const unsubscribe = bus.subscribe('restored', () => {
    root = null
  })

  async function readRoot(): Promise<string> {
    const stored = await store.getCredential(CREDENTIAL)
    if (stored !== null) return stored
    const made = Buffer.from(randomBytes(KEY_BYTES)).toString('base64url')
    return (await store.putCredential(CREDENTIAL, made, null)) ? made : readRoot()
  }

  return {
    async of(keyId) {
      root ??= readRoot().catch((error: unknown) => {
        root = null
        throw error
      })
      const key = Buffer.from(await root, 'base64url')
      return `whsec_${createHmac('sha256', key).update(`callback:${keyId}`).digest('base64')}`
    },
    close: unsubscribe,
  }
}
