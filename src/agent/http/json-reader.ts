import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { EcError } from '../../core/errors.ts'
import { readBody, type Body } from './body.ts'
import { decodeUtf8, parseJson } from './json-text.ts'
import type { HttpLimits } from './limits.ts'
import type { MemoryAccount } from './memory-account.ts'
import { readNdjson } from './ndjson.ts'

export interface JsonReader {
  json(request: FastifyRequest, payload: IncomingMessage): Promise<unknown>
  /** JSON that calls itself text, where the route takes that. */
  text(request: FastifyRequest, payload: IncomingMessage): Promise<unknown>
  ndjson(request: FastifyRequest, payload: IncomingMessage): Promise<unknown>
  /** The texts of an HTML form, by name. */
  form(request: FastifyRequest, payload: IncomingMessage): Promise<unknown>
  /** Gives a request's memory back; idempotent. */
  release(request: IncomingMessage): void
}

/** A button and a text of a few thousand characters, each of which may come as nine. */
const FORM_BYTES = 32 * 1024

/** Reads the bodies of callers who have shown who they are; their memory stays charged until the request has ended. */
export function createJsonReader(options: {
  readonly account: MemoryAccount
  readonly limits: HttpLimits
}): JsonReader {
  const { account, limits } = options
  const held = new WeakMap<IncomingMessage, Body>()

  return {
    json,
    async text(request, payload) {
      if (request.routeOptions.config.ec?.plainText === true) return json(request, payload)
      throw new EcError('EC_MEDIA_TYPE', 'this path takes no text/plain')
    },
    async ndjson(_request, payload) {
      return readNdjson(decodeUtf8(await read(payload, limits.batchBytes)), limits.batchEvents, limits.jsonDepth)
    },
    async form({ routeOptions, headers }, payload) {
      if (routeOptions.config.ec?.form !== true) {
        throw new EcError('EC_MEDIA_TYPE', 'this path takes no form')
      }
      return readForm(await read(payload, FORM_BYTES), headers['content-type'] ?? '')
    },
    release(request) {
      held.get(request)?.release()
      held.delete(request)
    },
  }

  async function json({ routeOptions }: FastifyRequest, payload: IncomingMessage): Promise<unknown> {
    const own = routeOptions.config.ec?.bodyBytes
    const bytes = await read(payload, own ?? limits.batchBytes)
    if (bytes.length === 0) return undefined
    const text = decodeUtf8(bytes)
    // Only a batch may be large, and a batch is an array.
    if (own === undefined && bytes.length > limits.eventBytes && text.trimStart()[0] !== '[') {
      throw new EcError('EC_BODY_TOO_LARGE', `one document takes at most ${limits.eventBytes} bytes`)
    }
    return parseJson(text, limits.jsonDepth)
  }

  async function read(payload: IncomingMessage, most: number): Promise<Buffer> {
    if (payload.headers['content-encoding'] !== undefined) {
      throw new EcError('EC_MEDIA_TYPE', 'compressed bodies are not taken', {
        hint: 'send it without content-encoding',
      })
    }
    const body = await readBody(payload, most, account)
    if (body === null) throw new EcError('EC_USAGE', 'the sender went away before the body was complete')
    held.set(payload, body)
    return body.bytes
  }
}

/** Both ways in which browsers and mail programs send a form; files in it are passed over. */
async function readForm(bytes: Buffer, type: string): Promise<Readonly<Record<string, string>>> {
  try {
    const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
    return Object.fromEntries([...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
  } catch (cause) {
    throw new EcError('EC_BODY_INVALID', 'the body is not a form', { cause })
  }
}
