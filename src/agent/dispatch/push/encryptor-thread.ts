import { parentPort } from 'node:worker_threads'
import { encrypt } from './encrypt.ts'
import type { EncryptionBatch } from './encryptor.ts'
import { packParts, unpackParts } from './pack-parts.ts'

/** The thread of `createEncryptor`: answers each batch with its bodies, in order; an empty one for what cannot be encrypted. */
parentPort?.on('message', ({ keys, packed }: EncryptionBatch) => {
  const plaintexts = unpackParts(packed)
  const bodies = keys.map((of, i) => tryToEncrypt(plaintexts[i] ?? new Uint8Array(), of))
  const answer = packParts(bodies)
  parentPort?.postMessage(answer, [answer])
})

function tryToEncrypt(plaintext: Uint8Array, keys: EncryptionBatch['keys'][number]): Uint8Array {
  try {
    return encrypt(plaintext, keys)
  } catch {
    return new Uint8Array()
  }
}
