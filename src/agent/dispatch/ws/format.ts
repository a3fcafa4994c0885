import { formatCursor } from '../../../core/stream-cursor.ts'
import type { Frame } from './frame.ts'

/** How frames are written on one kind of connection. */
export interface Format {
  encode(frames: readonly Frame[], epoch: string): string
  /** Keeps the connection open; on a WebSocket it asks for a frame in return. */
  readonly ping: string
}

/** Text messages of JSON; several frames of one moment stand in one message, a line each. */
export const WS_FORMAT: Format = {
  encode: frames => frames.map(frame => frame.text).join('\n'),
  ping: '{}',
}

/** Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): the same JSON as `data`. */
export const SSE_FORMAT: Format = {
  encode: (frames, epoch) => frames.map(frame => toServerSentEvent(frame, epoch)).join(''),
  ping: ':\n\n',
}

function toServerSentEvent(frame: Frame, epoch: string): string {
  const id = frame.upTo === null ? '' : `id: ${formatCursor({ epoch, seq: frame.upTo })}\n`
  return `${id}event: ${frame.t}\ndata: ${frame.text}\n\n`
}
