import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { SignJWT } from 'jose'
import type { JsonRecord } from '../../core/peek.ts'
import type { Random } from '../random.ts'
import { makeCertificate } from './certificate.ts'

/** The keys by which the sandbox signs as Google does. They are made when they are first needed, and live in memory. */
export interface SigningKeys {
  /** Signs claims with the newest key. */
  sign(claims: JsonRecord): Promise<string>
  /** As `/oauth2/v3/certs` has them. */
  jwks(): Promise<JsonRecord>
  /** As `/oauth2/v1/certs`: certificates by key id. */
  certificates(): Promise<JsonRecord>
  /** From now on another key signs; the one before is published until the next turn. */
  rotate(): void
}

interface Key {
  readonly kid: string
  readonly privateKey: KeyObject
}

const generate = promisify(generateKeyPair)

/** `now` is the time of the machine: certificates are judged by those who do not know the sandbox's. */
export function createSigningKeys(random: Random, now: () => number): SigningKeys {
  let keys: readonly Promise<Key>[] = []

  function newest(): Promise<Key> {
    const [first] = keys
    if (first !== undefined) return first
    const made = make(random.text(40))
    keys = [made]
    return made
  }

  async function published(): Promise<readonly Key[]> {
    await newest()
    return Promise.all(keys)
  }

  return {
    async sign(claims) {
      const { kid, privateKey } = await newest()
      return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(privateKey)
    },
    async jwks() {
      const all = await published()
      const shown = all.map(({ kid, privateKey }) => {
        const { n, e } = createPublicKey(privateKey).export({ format: 'jwk' })
        return { kty: 'RSA', alg: 'RS256', use: 'sig', kid, n, e }
      })
      return { keys: shown }
    },
    async certificates() {
      const all = await published()
      const name = 'federated-signon.system.gserviceaccount.com'
      return Object.fromEntries(all.map(({ kid, privateKey }) => [kid, makeCertificate(privateKey, name, now())]))
    },
    rotate() {
      keys = [make(random.text(40)), ...keys.slice(0, 1)]
    },
  }
}

async function make(kid: string): Promise<Key> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 })
  return { kid, privateKey }
}
