import { EcError } from '../core/errors.ts'
import type { ActivityFrame, ActivityItem } from './activity.ts'
import { backOff } from './back-off.ts'
import { openMessageStream, type StreamPorts } from './message-stream.ts'
import { toRemoteError } from './remote-error.ts'
import type { ServerSentEvent } from './server-sent-events.ts'

const PATH = '/api/activity'
/** A frame comes every 5 s; after more than two that did not come the connection is dead. */
const SILENCE_MS = 15_000
/** A person waits in front of it. */
const MAX_DELAY_MS = 5_000

/** What outlives a connection. */
interface State {
  lastEventId: string | null
  /** In a row, without a message in between. */
  failures: number
}

/** See `EcClient.activity`. */
export async function* openActivityStream(
  ports: StreamPorts,
  signal: AbortSignal | undefined,
): AsyncGenerator<ActivityItem> {
  const state: State = { lastEventId: null, failures: 0 }
  while (!isAborted()) {
    let toldMs: number | null = null
    try {
      yield* connect(ports, signal, state)
    } catch (thrown) {
      if (isAborted()) return
      if (!(thrown instanceof EcError) || thrown.category !== 'unreachable') throw thrown
      toldMs = thrown.retryAfterMs ?? null
      yield { type: 'lost', code: thrown.code, message: thrown.message }
    }
    state.failures += 1
    await backOff(ports, { failures: state.failures, toldMs, maxMs: MAX_DELAY_MS }, signal)
  }

  function isAborted(): boolean {
    return signal?.aborted === true
  }
}

/** What one connection brings. Never returns: it throws why the connection is no more. */
async function* connect(
  ports: StreamPorts,
  signal: AbortSignal | undefined,
  state: State,
): AsyncGenerator<ActivityItem, never> {
  const { lastEventId } = state
  let isConnected = false
  for await (const message of openMessageStream(ports, { path: PATH, lastEventId, silenceMs: SILENCE_MS, signal })) {
    if (!isConnected) yield { type: 'connected' }
    isConnected = true
    state.failures = 0
    if (message === null) continue
    const frame = readFrame(message)
    state.lastEventId = message.id ?? state.lastEventId
    yield { type: 'frame', frame }
  }
  throw new EcError('EC_AGENT_UNREACHABLE', 'the agent has ended the connection')
}

/** Throws what the agent says when it ends a stream. */
function readFrame({ event, data }: ServerSentEvent): ActivityFrame {
  if (event === 'problem') throw toRemoteError(503, data, null)
  try {
    const frame: ActivityFrame = JSON.parse(data)
    return frame
  } catch (cause) {
    throw new EcError('EC_REMOTE', 'the answer is not JSON: something else than an agent serves this address', {
      hint: 'check the URL',
      cause,
    })
  }
}
