import { isObject } from '../shared/is-object.ts'
import type { DiagnosticContext } from './context.ts'

/** What became of live connections that were opened for the checks alone. */
export interface SocketTrial {
  /** The upgrade got through. */
  readonly opened: boolean
  /** The agent said hello. */
  readonly greeted: boolean
  /** Why it was closed before that, if the agent said so. */
  readonly closed: string | null
  /** There and back, ms each. */
  readonly trips: readonly number[]
  /** After it was broken on purpose: null = it could not be opened again. */
  readonly recovered: boolean | null
  /** How much came again. */
  readonly replayed: number
}

const TRIPS = 5
/** How far back the second connection goes on, so that there is something to come again. */
const BACK = 5

const NOTHING: SocketTrial = {
  opened: false,
  greeted: false,
  closed: null,
  trips: [],
  recovered: null,
  replayed: 0,
}

/** Opens a connection, sends a few messages to and fro, breaks it, and goes on with it from a little before. */
export async function trySocket(ctx: DiagnosticContext, signal: AbortSignal): Promise<SocketTrial> {
  const first = await meet(ctx, '', signal)
  if (first.hello === null) {
    const { opened, closed } = first
    first.socket.close()
    return { ...NOTHING, opened, closed }
  }
  const { hello, socket } = first
  const trips: number[] = []
  try {
    for (let n = 1; n <= TRIPS; n++) trips.push(await goThereAndBack(ctx, socket, n, signal))
  } finally {
    socket.close()
  }
  const made = { opened: true, greeted: true, closed: null, trips }
  const earlier = await goOn(ctx, hello.epoch, Math.max(0, hello.head - BACK), signal)
  if (earlier.recovered !== false) return { ...made, ...earlier }
  // What was before may be past retention by now; where the connection broke is not.
  return { ...made, ...(await goOn(ctx, hello.epoch, hello.head, signal)) }
}

async function goOn(
  ctx: DiagnosticContext,
  epoch: string,
  seq: number,
  signal: AbortSignal,
): Promise<Pick<SocketTrial, 'recovered' | 'replayed'>> {
  const { socket, hello, replayed } = await meet(ctx, `&cursor=${encodeURIComponent(`${epoch}.${seq}`)}`, signal, true)
  socket.close()
  return { recovered: hello === null ? null : hello.recovered, replayed }
}

interface Hello {
  readonly epoch: string
  readonly head: number
  readonly recovered: boolean
}

interface Meeting {
  readonly socket: WebSocket
  readonly opened: boolean
  readonly hello: Hello | null
  readonly closed: string | null
  readonly replayed: number
}

/** Resolves once the agent has said hello, with `untilLive` once the replay is over, or when the connection has ended. */
async function meet(ctx: DiagnosticContext, query: string, signal: AbortSignal, untilLive = false): Promise<Meeting> {
  const { ticket } = record(await ctx.agent.call('POST', 'api/ws/ticket', {}))
  const socket = ctx.agent.openSocket(`ticket=${encodeURIComponent(String(ticket))}${query}`)
  let opened = false
  let hello: Hello | null = null
  let replayed = 0
  return new Promise((resolve, reject) => {
    const settle = (closed: string | null) => resolve({ socket, opened, hello, closed, replayed })
    const stop = () => {
      socket.close()
      reject(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
    socket.addEventListener('open', () => (opened = true))
    socket.addEventListener('close', ({ code, reason }) => settle(reason === '' ? String(code) : `${code} ${reason}`))
    socket.addEventListener('message', ({ data }) => {
      for (const frame of framesOf(data)) {
        if (frame['t'] === 'hello') hello = readHello(frame)
        else if (frame['t'] === 'ev' || frame['t'] === 'st') replayed += 1
        if (hello !== null && (!untilLive || frame['t'] === 'live')) settle(null)
      }
    })
  })
}

/** A mark of nothing, which the agent answers as any other. */
function goThereAndBack(ctx: DiagnosticContext, socket: WebSocket, n: number, signal: AbortSignal): Promise<number> {
  const id = `diag-${n}`
  return new Promise((resolve, reject) => {
    const sentAt = ctx.clock.monotonic()
    const hear = ({ data }: MessageEvent) => {
      if (!framesOf(data).some(frame => frame['id'] === id)) return
      socket.removeEventListener('message', hear)
      resolve(ctx.clock.monotonic() - sentAt)
    }
    socket.addEventListener('message', hear)
    socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code}`)), { once: true })
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    socket.send(JSON.stringify({ id, t: 'seen', ids: [] }))
  })
}

function framesOf(data: unknown): readonly Readonly<Record<string, unknown>>[] {
  return String(data)
    .split('\n')
    .flatMap(line => {
      try {
        const frame: unknown = JSON.parse(line)
        return isObject(frame) ? [frame] : []
      } catch {
        return []
      }
    })
}

function readHello({ epoch, head, recovered }: Readonly<Record<string, unknown>>): Hello | null {
  if (typeof epoch !== 'string' || typeof head !== 'number') return null
  return { epoch, head, recovered: recovered !== false }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : {}
}
