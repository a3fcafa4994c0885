import { readFile, stat } from 'node:fs/promises'
import { EcError } from '../../../core/errors.ts'
import { expandHome } from '../../../core/expand-home.ts'
import type { WebhookOutlet } from '../../../core/outlet.ts'
import { webhookKey } from '../../../core/standard-webhook.ts'
import type { DispatchWorld } from '../outlets/world.ts'

/** A secret has some 50 characters, and of old ones few are kept. */
const MAX_BYTES = 4 * 1024

/**
 * What a webhook is signed with, the newest key first. Read anew each time, so that a secret can be replaced while the
 * agent runs. `EC_SECRET_MISSING` says what is wrong with where it should be.
 */
export async function readKeys(outlet: WebhookOutlet, env: DispatchWorld['env']): Promise<readonly Uint8Array[]> {
  const { secret_file: file, secret_env: variable = '' } = outlet
  const place = file ?? variable
  const text = file === undefined ? (env[variable] ?? '') : await readSecretFile(file, env)
  const lines = text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '')
  if (lines.length === 0) throw missing(`${place} holds no secret`)
  return lines.map(line => {
    const key = webhookKey(line)
    if (key === null) throw missing(`${place} holds something else than whsec_ and 24 to 64 bytes in base64`)
    return key
  })
}

async function readSecretFile(file: string, env: DispatchWorld['env']): Promise<string> {
  const path = expandHome(file, env['HOME'] ?? '/')
  try {
    // To read a pipe is to wait for whoever writes into it.
    const found = await stat(path)
    if (found.isFile() && found.size <= MAX_BYTES) return await readFile(path, 'utf8')
  } catch (cause) {
    throw missing(`${path} cannot be read`, cause)
  }
  throw missing(`${path} is no file of secrets`)
}

function missing(message: string, cause?: unknown): EcError {
  const hint = 'put a secret there: `whsec_` and the output of `openssl rand -base64 32`'
  return new EcError('EC_SECRET_MISSING', message, { category: 'config', hint, cause })
}
