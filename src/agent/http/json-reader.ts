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
  /** Gives a request's memory back; idempotent. */
  release(request: IncomingMessage): void
}

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
