import { randomBytes } from 'node:crypto'
import { linkSync, statSync } from 'node:fs'
import { discardFile } from './discard-file.ts'
import { isErrno } from './errno.ts'
import { EcError } from './errors.ts'
import { readTextIfAny, writeNew } from './private-file.ts'
import { writeError } from './write-error.ts'

const KEY_BYTES = 32
const HEX = /^(?:[0-9A-Fa-f]{2})+$/
const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/

/**
 * The key that seals secrets in the store: `EC_MASTER_KEY` (32 bytes or more as hex, base64 or plain text), else the
 * file, which is made on first use. Errors: `EC_CONFIG_INVALID`, `EC_FILE` (damaged, or readable by others),
 * `EC_STORAGE_FULL`.
 */
export function loadMasterKey(variable: string | undefined, file: string): Uint8Array {
  return readMasterKey(variable, file) ?? createKeyFile(file)
}

/** The same without making one: null when there is neither variable nor file. */
export function readMasterKey(variable: string | undefined, file: string): Uint8Array | null {
  if (!variable) return readKeyFile(file)
  const key = decodeMasterKey(variable)
  if (key !== null) return key
  throw new EcError('EC_CONFIG_INVALID', 'EC_MASTER_KEY is too short for a key', {
    hint: `give ${KEY_BYTES} bytes or more as hex, base64 or text; \`openssl rand -base64 32\` makes one`,
  })
}

/** Null when the text holds less than 32 bytes in every reading. */
export function decodeMasterKey(text: string): Uint8Array | null {
  const trimmed = text.trim()
  const readings = [
    ...(HEX.test(trimmed) ? [Buffer.from(trimmed, 'hex')] : []),
    ...(BASE64.test(trimmed) ? [Buffer.from(trimmed, 'base64')] : []),
    Buffer.from(trimmed, 'utf8'),
  ]
  return readings.find(bytes => bytes.length >= KEY_BYTES) ?? null
}

function readKeyFile(file: string): Uint8Array | null {
  const text = readTextIfAny(file)
  if (text === null) return null
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new EcError('EC_FILE', `${file} holds the master key and can be read by others`, {
      hint: `chmod 600 ${file}`,
    })
  }
  const key = decodeMasterKey(text)
  if (key !== null) return key
  throw new EcError('EC_FILE', `${file} does not hold a master key`, {
    hint: 'bring the file back from a backup: what was sealed with it cannot be opened without it',
  })
}

function createKeyFile(file: string): Uint8Array {
  const key = randomBytes(KEY_BYTES)
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    writeNew(temporary, `${key.toString('base64')}\n`)
    // A link appears with its content or not at all, and never takes the place of a key that another agent made.
    linkSync(temporary, file)
    return key
  } catch (cause) {
    if (isErrno(cause, 'EEXIST')) return loadMasterKey(undefined, file)
    throw writeError(file, cause)
  } finally {
    discardFile(temporary)
  }
}
