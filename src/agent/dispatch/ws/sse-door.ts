import type { ServerResponse } from 'node:http'
import { EcError } from '../../../core/errors.ts'
import { SseResponse } from '../../../core/sse-response.ts'
import { parseCursor } from '../../../core/stream-cursor.ts'
import type { StreamReader } from '../../http/api.ts'
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
  openEventStream(reader: StreamReader, cursor: string | null, response: ServerResponse): void
}

/** The same stream as server-sent events, for whatever stands between that lets no WebSocket through. */
export function createSseDoor(hub: Hub, { renderRefusal }: SseDoorOptions): SseDoor {
  return {
    openEventStream(reader, cursor, response) {
      if (hub.isDraining) return refuse(response, new EcError('EC_DRAINING', 'the agent is stopping'))
      if (hub.sessionsOf(reader.userId).length >= LIMITS.socketsPerUser) return refuse(response, tooMany())
      const sink = new SseSink(response)
      sink.start()
      const place = cursor === null || cursor === '' ? null : (parseCursor(cursor) ?? undefined)
      const session = hub.open({ ...reader, cursor: place }, sink)
      if (session === null) return sink.close()
      sink.whenClosed(() => session.end())
    },
  }

  function refuse(response: ServerResponse, error: EcError): void {
    const { headers, body } = renderRefusal(error)
    response.writeHead(error.status, { ...headers, connection: 'close' }).end(body)
  }
}

/** Server-sent events know no reason for an end; the browser comes back by itself, with its cursor. */
class SseSink extends SseResponse implements Sink {
  readonly format = SSE_FORMAT
  readonly answers = false
}

function tooMany(): EcError {
  return new EcError('EC_RATE_LIMITED', `the user has ${LIMITS.socketsPerUser} connections already`, {
    hint: 'close one of them',
  })
}
