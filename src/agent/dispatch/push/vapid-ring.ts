import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Bus } from '../../../backends/backend.ts'
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
  close(): void
}

const CREDENTIAL = 'push:vapid'
/** Ends a race with another who sets up at this moment. */
const TRIES = 5

const stored = z.array(
  z.strictObject({ id: z.string(), publicKey: z.string(), privateKey: z.string(), subject: z.string() }),
)

/** The keys are read once, and again when somebody has changed them: each message needs one. */
export function createVapidRing(store: Pick<Store, 'getCredential' | 'putCredential'>, bus: Bus): VapidRing {
  let known: Promise<readonly VapidKey[]> | null = null
  const forget = (): void => void (known = null)
  const stops = [
    bus.subscribe('restored', forget),
    bus.subscribe('changed', ({ what, id }) => what === 'key' && id === CREDENTIAL && forget()),
  ]

  function keys(): Promise<readonly VapidKey[]> {
    if (known !== null) return known
    const reading = read().then(({ keys: all }) => all)
    known = reading
    // What could not be read is no answer for the next who asks.
    reading.catch(() => known === reading && forget())
    return reading
  }

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
      if (key !== undefined && (await store.putCredential(CREDENTIAL, JSON.stringify(all), text))) {
        forget()
        bus.publish('changed', { what: 'key', id: CREDENTIAL })
        return { key, made }
      }
    }
    throw new EcError('EC_CONFLICT', 'the keys are being set up by somebody else', { hint: 'try again' })
  }

  return {
    current: async () => (await keys())[0] ?? null,
    find: async id => (await keys()).find(key => key.id === id) ?? null,
    setUp,
    close: () => stops.forEach(stop => stop()),
  }
}

async function makeKey() {
  const { default: webpush } = await import('web-push')
  const { publicKey, privateKey } = webpush.generateVAPIDKeys()
  return { id: createHash('sha256').update(publicKey).digest('hex').slice(0, 16), publicKey, privateKey }
}
