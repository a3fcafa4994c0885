import type { ServerResponse } from 'node:http'
import { EcError } from '../../../core/errors.ts'
import { parseCursor } from '../../../core/stream-cursor.ts'
import { SSE_FORMAT } from './format.ts'
import type { Hub } from './hub.ts'
import { LIMITS } from './limits.ts'
import type { Refusal } from './refusal.ts'
import type { Sink } from './sink.ts'

export interface SseDoorOptions {
  readonly renderRefusal: (error: EcError) => Refusal
}

export interface SseDoor {
  /** Answers with the user's stream until either side ends it. `cursor` is `Last-Event-ID`, or null. */
  openEventStream(userId: string, cursor: string | null, response: ServerResponse): void
}

/** The same stream as server-sent events, for whatever stands between that lets no WebSocket through. */
export function createSseDoor(hub: Hub, { renderRefusal }: SseDoorOptions): SseDoor {
  return {
    openEventStream(userId, cursor, response) {
      if (hub.isDraining) return refuse(response, new EcError('EC_DRAINING', 'the agent is stopping'))
      if (hub.sessionsOf(userId).length >= LIMITS.socketsPerUser) return refuse(response, tooMany())
      response.on('error', ignore)
      response.writeHead(200, HEADERS)
      response.flushHeaders()
      const place = cursor === null || cursor === '' ? null : (parseCursor(cursor) ?? undefined)
      const session = hub.open({ userId, cursor: place, expiresAt: null }, new SseSink(response))
      if (session === null) return void response.end()
      response.on('close', () => session.end())
      if (response.destroyed) session.end()
    },
  }

  function refuse(response: ServerResponse, error: EcError): void {
    const { headers, body } = renderRefusal(error)
    response.writeHead(error.status, { ...headers, connection: 'close' }).end(body)
  }
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would gather it up.
  'x-accel-buffering': 'no',
} as const

class SseSink implements Sink {
  readonly format = SSE_FORMAT
  readonly answers = false
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
  }

  send(data: Buffer | string, done?: () => void): void {
    if (this.#response.writableEnded || this.#response.destroyed) return done?.()
    this.#response.write(data, done)
  }

  bufferedBytes(): number {
    return this.#response.writableLength
  }

  /** Server-sent events know no reason; the browser comes back by itself, with its cursor. */
  close(): void {
    this.#response.end()
  }

  terminate(): void {
    this.#response.destroy()
  }
}

function tooMany(): EcError {
  return new EcError('EC_RATE_LIMITED', `the user has ${LIMITS.socketsPerUser} connections already`, {
    hint: 'close one of them',
  })
}

/** An error of a connection is followed by its end, which is dealt with. */
function ignore(): void {}
