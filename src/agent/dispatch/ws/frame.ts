import type { EventItem, StateItem, StreamHead, StreamItem } from '../../../backends/store.ts'

/** One message of the protocol, ready to be written. */
export interface Frame {
  readonly t: 'hello' | 'ev' | 'live' | 'st' | 'reconnect'
  /** Its number in the user's stream; null for what stands outside of it. */
  readonly seq: number | null
  /** Whoever has got this frame has got everything up to this number; null where that is not known. */
  readonly upTo: number | null
  /** The event that an `ev` carries. */
  readonly eventId: string | null
  readonly text: string
}

export interface Hello {
  readonly session: string
  readonly user: string
  readonly epoch: string
  readonly head: number
  /** False: something since the cursor cannot be sent again; the client reads the history instead. */
  readonly recovered: boolean
  /** How many frames of the past follow before `live`. */
  readonly replay: number
  /** Seconds between pings. */
  readonly ping: number
  readonly unread: StreamHead['unread']
}

export function helloFrame(hello: Hello): Frame {
  return control('hello', JSON.stringify({ t: 'hello', ...hello }))
}

/** `upTo`: the past is told up to this number. */
export function liveFrame(upTo: number): Frame {
  return { ...control('live', '{"t":"live"}'), upTo }
}

/** `afterS`: seconds that the client should wait before it comes back. */
export function reconnectFrame(afterS: number): Frame {
  return control('reconnect', JSON.stringify({ t: 'reconnect', after: afterS }))
}

export function itemFrame(item: StreamItem, replay: boolean): Frame {
  return item.kind === 'event' ? eventFrame(item, replay) : stateFrame(item)
}

/** The event's own JSON is put in as it is: it was made once, when the event was taken. */
function eventFrame(item: EventItem, replay: boolean): Frame {
  const text = `{"t":"ev","seq":${item.seq},${replay ? '"replay":true,' : ''}"ev":${item.json}}`
  return { t: 'ev', seq: item.seq, upTo: item.seq, eventId: item.id, text }
}

function stateFrame(item: StateItem): Frame {
  const { seq, id, state, by, until } = item
  const text = JSON.stringify({
    t: 'st',
    seq,
    id,
    state,
    ...(by === null ? {} : { by }),
    ...(until === null ? {} : { until: new Date(until).toISOString() }),
  })
  return { t: 'st', seq, upTo: seq, eventId: null, text }
}

function control(t: 'hello' | 'live' | 'reconnect', text: string): Frame {
  return { t, seq: null, upTo: null, eventId: null, text }
}
