import { EcError } from '../core/errors.ts'
import type { EcEvent, EventState } from '../core/event.ts'
import { formatCursor, parseCursor, type StreamCursor } from '../core/stream-cursor.ts'
import { backOff } from './back-off.ts'
import { openMessageStream, type StreamPorts } from './message-stream.ts'

export interface StreamOptions {
  /** Whose stream; a user token has one alone. */
  readonly user?: string | undefined
  /** `cursor` of the last item that was dealt with; none = from now on. */
  readonly cursor?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Told each time the connection is lost, before the next try. */
  readonly onReconnect?: (error: EcError) => void
}

/** `cursor` goes on after this item in a later `stream`. Duplicates after a lost connection are left out. */
export type StreamItem =
  | {
      readonly type: 'event'
      readonly seq: number
      /** It happened before the stream was opened. */
      readonly replay: boolean
      readonly event: EcEvent
      readonly cursor: string
    }
  | {
      readonly type: 'state'
      readonly seq: number
      /** The event's id. */
      readonly id: string
      readonly state: EventState
      readonly by: string | null
      readonly until: string | null
      readonly cursor: string
    }
  /** Everything missed has come; what follows happens now. */
  | { readonly type: 'live' }
  /** Something since the cursor cannot be sent again: read the history with `events.list`. */
  | { readonly type: 'gap' }

/** The agent sends a sign of life every 25 s; after more than two that did not come the connection is dead. */
const SILENCE_MS = 60_000
const MAX_DELAY_MS = 30_000

/** A frame of the protocol: the same JSON as on `/ws`. */
interface Frame {
  readonly t: string
  readonly seq?: number
  readonly replay?: boolean
  readonly ev?: EcEvent
  readonly id?: string
  readonly state?: EventState
  readonly by?: string
  readonly until?: string
  readonly epoch?: string
  readonly head?: number
  readonly recovered?: boolean
  readonly after?: number
}

/** Where a stream stands, and when the agent asked to be called again. */
interface Position {
  cursor: StreamCursor | null
  delayMs: number | null
}

/** See `EcClient.stream`. Refusals (a wrong token, no such right) are thrown; a lost connection is made again. */
export async function* openEventStream(ports: StreamPorts, options: StreamOptions = {}): AsyncGenerator<StreamItem> {
  const { signal } = options
  const position: Position = { cursor: readCursor(options.cursor), delayMs: null }
  let failures = 0
  let connected = false
  while (!isAborted()) {
    position.delayMs = null
    try {
      for await (const frame of connect(ports, options, position.cursor)) {
        connected = true
        failures = 0
        yield* follow(position, frame)
      }
    } catch (thrown) {
      if (isAborted()) return
      if (!(thrown instanceof EcError) || thrown.category !== 'unreachable' || !connected) throw thrown
      options.onReconnect?.(thrown)
      position.delayMs ??= thrown.retryAfterMs ?? null
    }
    failures += 1
    await backOff(ports, { failures, toldMs: position.delayMs, maxMs: MAX_DELAY_MS }, signal)
  }

  function isAborted(): boolean {
    return signal?.aborted === true
  }
}

function readCursor(text: string | undefined): StreamCursor | null {
  if (text === undefined) return null
  const cursor = parseCursor(text)
  if (cursor !== null) return cursor
  throw new EcError('EC_USAGE', 'a cursor looks like EPOCH.SEQ', {
    hint: 'take the `cursor` of an item, or leave it out',
  })
}

/** The frames of one connection, until it ends in good order; a broken or silent one throws. */
async function* connect(
  ports: StreamPorts,
  { user, signal }: StreamOptions,
  cursor: StreamCursor | null,
): AsyncGenerator<Frame> {
  const lastEventId = cursor === null ? null : formatCursor(cursor)
  const options = { path: '/api/events/stream', query: { user }, lastEventId, silenceMs: SILENCE_MS, signal }
  for await (const message of openMessageStream(ports, options)) {
    const frame = message === null ? null : parseFrame(message.data)
    if (frame !== null) yield frame
  }
}

function parseFrame(data: string): Frame | null {
  try {
    const frame: Frame | null = JSON.parse(data)
    return frame
  } catch {
    return null
  }
}

/** What a frame gives the caller; moves the position on. */
function* follow(position: Position, frame: Frame): Generator<StreamItem> {
  const { cursor } = position
  if (frame.t === 'reconnect') position.delayMs = (frame.after ?? 1) * 1000
  position.cursor = cursorAfter(frame, cursor)
  const item = toItem(frame, cursor)
  if (item !== null) yield item
}

/** What a caller gets of a frame; null for one that came before, and for those that only steer. */
function toItem(frame: Frame, cursor: StreamCursor | null): StreamItem | null {
  if (frame.t === 'live') return { type: 'live' }
  if (frame.t === 'hello') return frame.recovered === false ? { type: 'gap' } : null
  const { seq } = frame
  if (seq === undefined || cursor === null || seq <= cursor.seq) return null
  const position = formatCursor({ epoch: cursor.epoch, seq })
  if (frame.t === 'ev' && frame.ev !== undefined) {
    return { type: 'event', seq, replay: frame.replay === true, event: frame.ev, cursor: position }
  }
  if (frame.t !== 'st' || frame.id === undefined || frame.state === undefined) return null
  const { id, state, by = null, until = null } = frame
  return { type: 'state', seq, id, state, by, until, cursor: position }
}

/** Where the stream stands after a frame. `hello` says where it begins, unless it goes on after our own cursor. */
function cursorAfter(frame: Frame, cursor: StreamCursor | null): StreamCursor | null {
  const { t, seq, epoch, head } = frame
  if (t === 'hello' && epoch !== undefined && head !== undefined) {
    return cursor !== null && frame.recovered !== false ? cursor : { epoch, seq: head }
  }
  return seq === undefined || cursor === null ? cursor : { epoch: cursor.epoch, seq: Math.max(seq, cursor.seq) }
}
