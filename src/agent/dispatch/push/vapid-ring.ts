import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Store } from '../../../backends/store.ts'
import { EcError } from '../../../core/errors.ts'
import { judgeSubject } from './judge-subject.ts'
import type { VapidKey } from './vapid-key.ts'

/** The key pairs that browsers subscribed with. The newest is for new devices; older ones serve theirs. */
export interface VapidRing {
  /** Null before `setUp`. */
  current(): Promise<VapidKey | null>
  find(id: string): Promise<VapidKey | null>
  /**
   * Makes the first key pair, or with `rotate` another one; otherwise the subject of those that there are is set.
   * `EC_FIELD_INVALID` for a subject that push services refuse.
   */
  setUp(subject: string, rotate: boolean): Promise<{ readonly key: VapidKey; readonly made: boolean }>
}

const CREDENTIAL = 'push:vapid'
/** Ends a race with another who sets up at this moment. */
const TRIES = 5

const stored = z.array(
  z.strictObject({ id: z.string(), publicKey: z.string(), privateKey: z.string(), subject: z.string() }),
)

export function createVapidRing(store: Pick<Store, 'getCredential' | 'putCredential'>): VapidRing {
  async function read(): Promise<{ readonly text: string | null; readonly keys: readonly VapidKey[] }> {
    const text = await store.getCredential(CREDENTIAL)
    return { text, keys: text === null ? [] : stored.parse(JSON.parse(text)) }
  }

  async function setUp(subject: string, rotate: boolean) {
    const message = judgeSubject(subject)
    if (message !== null) {
      throw new EcError('EC_FIELD_INVALID', `subject: ${message}`, {
        details: { errors: [{ path: 'subject', message }] },
      })
    }
    for (let tries = 0; tries < TRIES; tries++) {
      const { text, keys } = await read()
      const made = keys.length === 0 || rotate
      const all = (made ? [await makeKey(), ...keys] : keys).map(key => ({ ...key, subject }))
      const [key] = all
      if (key !== undefined && (await store.putCredential(CREDENTIAL, JSON.stringify(all), text))) return { key, made }
    }
    throw new EcError('EC_CONFLICT', 'the keys are being set up by somebody else', { hint: 'try again' })
  }

  return {
    current: async () => (await read()).keys[0] ?? null,
    find: async id => (await read()).keys.find(key => key.id === id) ?? null,
    setUp,
  }
}

async function makeKey() {
  const { default: webpush } = await import('web-push')
  const { publicKey, privateKey } = webpush.generateVAPIDKeys()
  return { id: createHash('sha256').update(publicKey).digest('hex').slice(0, 16), publicKey, privateKey }
}
