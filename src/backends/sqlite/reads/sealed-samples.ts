import { KEY_PROOF, type SealedSample } from '../../../core/key-proof.ts'
import type { Sql } from '../connection.ts'
import { credentialContext, secretContext } from '../seal-contexts.ts'

/** How many resources are tried: they were all sealed with one key, unless somebody has changed it. */
const MAX_RESOURCES = 1000

/**
 * By what a master key is tried: the proof alone where the store has one. A store that was made before there was a proof
 * has credentials and secrets of resources; of them the newest.
 */
export function readSealedSamples(sql: Sql): readonly SealedSample[] {
  const credentials = sql<{ name: string; value: Buffer }>('select name, value from credentials').all()
  const proof = credentials.find(({ name }) => name === KEY_PROOF.name)
  if (proof !== undefined) return [toSample(credentialContext(proof.name), proof.value)]
  const resources = sql<{ id: string; secrets: Buffer }>(
    'select id, secrets from resources order by n desc limit ?',
  ).all(MAX_RESOURCES)
  return [
    ...credentials.map(({ name, value }) => toSample(credentialContext(name), value)),
    ...resources.map(({ id, secrets }) => toSample(secretContext(id), secrets)),
  ]
}

function toSample(context: string, value: Buffer): SealedSample {
  return { context, base64: value.toString('base64') }
}
