import type { IncomingMessage } from 'node:http'
import type { Clock } from '../core/clock.ts'
import { EcError } from '../core/errors.ts'
import { joinSignals } from '../core/join-signals.ts'
import { readServerSentEvents, type ServerSentEvent } from './server-sent-events.ts'
import type { Query, Transport } from './transport.ts'

export interface StreamPorts {
  readonly transport: Transport
  readonly clock: Clock
  readonly random: () => number
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>
}

export interface MessageStreamOptions {
  readonly path: string
  readonly query?: Query
  /** Goes on after this message. */
  readonly lastEventId: string | null
  /** How long there may be nothing, not even a comment, before the connection is taken for dead. */
  readonly silenceMs: number
  readonly signal: AbortSignal | undefined
}

/** The messages of one connection, a comment as null, until it ends in good order; a broken or silent one throws. */
export async function* openMessageStream(
  { transport, clock }: StreamPorts,
  { path, query = {}, lastEventId, silenceMs, signal: stop }: MessageStreamOptions,
): AsyncGenerator<ServerSentEvent | null> {
  const watch = new AbortController()
  const { signal, release } = joinSignals([stop, watch.signal])
  let timer = clock.setTimer(() => watch.abort(), silenceMs)
  let response: IncomingMessage | null = null
  try {
    const headers = {
      accept: 'text/event-stream',
      ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
    }
    response = await transport.open({ method: 'GET', path, query, headers, signal })
    for await (const message of readServerSentEvents(response)) {
      timer.cancel()
      timer = clock.setTimer(() => watch.abort(), silenceMs)
      yield message
    }
  } catch (cause) {
    if (cause instanceof EcError) throw cause
    throw new EcError('EC_AGENT_UNREACHABLE', 'the connection to the agent was lost', { cause })
  } finally {
    timer.cancel()
    release()
    response?.destroy()
  }
}
