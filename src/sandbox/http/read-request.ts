import type { IncomingMessage } from 'node:http'
import { isRecord, type JsonRecord } from '../../core/peek.ts'
import { ApiError, badRequest } from './api-error.ts'

const MAX_BODY_BYTES = 4 * 1024 * 1024

/** The body as a JSON object or a form, `{}` when there is none. Throws 400 and 413 as an `ApiError`. */
export async function readBody(message: IncomingMessage): Promise<JsonRecord> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of message) {
    const bytes = Buffer.from(chunk)
    size += bytes.byteLength
    if (size > MAX_BODY_BYTES) throw new ApiError(413, { reason: 'uploadTooLarge', message: 'Request is too large.' })
    chunks.push(bytes)
  }
  const text = Buffer.concat(chunks).toString('utf8')
  if (text.trim() === '') return {}
  const type = message.headers['content-type'] ?? ''
  if (type.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text))
  return parse(text)
}

function parse(text: string): JsonRecord {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badRequest('Parse Error', undefined, 'parseError')
  }
  if (!isRecord(value)) throw badRequest('Parse Error', undefined, 'parseError')
  return value
}

export function flatHeaders(headers: IncomingMessage['headers']): Readonly<Record<string, string>> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : (value.at(-1) ?? '')
  }
  return flat
}
