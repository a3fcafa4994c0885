import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { KilledAgent } from './killed-agent.ts'
import type { Random } from './random.ts'

/** One numbered item of a user's stream, as it came. */
export interface Received {
  readonly seq: number
  /** The event's id. */
  readonly id: string
  /** Null for an event; else the state that it was told to be in. */
  readonly state: string | null
}

export interface StreamReaderOptions {
  readonly agent: Pick<KilledAgent, 'up'>
  readonly user: string
  readonly bearer: string
  readonly epoch: string
  readonly random: Random
}

interface Message {
  readonly t?: string
  readonly seq?: number
  readonly epoch?: string
  readonly recovered?: boolean
  readonly head?: number
  readonly id?: string
  readonly state?: string
  readonly ev?: { readonly id: string }
}

/** Well below the 30 messages a second that a client may send. */
const ACK_EVERY_MS = 100

/**
 * A client as the protocol wants it: it takes what comes, acknowledges it, and comes back with its cursor whenever the
 * connection breaks. Now and then it cuts its own connection, stops reading for a while, or marks an event as read.
 */
export class StreamReader {
  readonly user: string
  readonly received: Received[] = []
  /** What should not have happened. */
  readonly faults: string[] = []
  connections = 0
  readonly #options: StreamReaderOptions
  #last = 0

  constructor(options: StreamReaderOptions) {
    this.user = options.user
    this.#options = options
  }

  /** The number of the last item that came. */
  get position(): number {
    return this.#last
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { url } = await this.#options.agent.up()
      await this.#follow(url, signal)
      if (!signal.aborted) await sleep(5)
    }
  }

  /** One connection, from its opening to its end. */
  async #follow(url: string, signal: AbortSignal): Promise<void> {
    const { bearer, epoch } = this.#options
    const address = `${url.replace('http', 'ws')}/ws?cursor=${epoch}.${this.#last}`
    const ws = new WebSocket(address, { headers: { authorization: `Bearer ${bearer}` }, handshakeTimeout: 5_000 })
    const stop = (): void => ws.terminate()
    signal.addEventListener('abort', stop)
    const timer = setInterval(() => this.#speak(ws), ACK_EVERY_MS)
    await new Promise<void>(resolve => {
      ws.on('error', () => {})
      ws.on('close', resolve)
      ws.on('message', data => this.#hear(ws, String(data)))
    })
    clearInterval(timer)
    signal.removeEventListener('abort', stop)
  }

  #hear(ws: WebSocket, text: string): void {
    for (const line of text.split('\n')) {
      if (line === '{}') ws.send('{}')
      else if (line !== '') this.#take(ws, JSON.parse(line))
    }
  }

  #take(ws: WebSocket, message: Message): void {
    switch (message.t) {
      case 'hello':
        this.connections += 1
        return this.#greeted(message)
      case 'ev':
        return this.#keep(ws, message.seq, message.ev?.id, null)
      case 'st':
        return this.#keep(ws, message.seq, message.id, message.state ?? '')
      default:
    }
  }

  #greeted({ recovered, epoch, head = -1 }: Message): void {
    const at = `hello ${this.connections} of ${this.user} at ${this.#last}`
    if (recovered !== true) this.faults.push(`${at}: not recovered, head ${head}`)
    if (epoch !== this.#options.epoch) this.faults.push(`${at}: another epoch`)
    if (head < this.#last) this.faults.push(`${at}: the head is ${head}, below what was received`)
  }

  #keep(ws: WebSocket, seq: number | undefined, id: string | undefined, state: string | null): void {
    // What arrives after we have hung up is as if it had been lost on the way.
    if (ws.readyState !== WebSocket.OPEN) return
    if (seq === undefined || id === undefined) {
      this.faults.push(`an item of ${this.user} without number or id`)
      return
    }
    if (seq <= this.#last) this.faults.push(`${this.user}: ${seq} came after ${this.#last}`)
    this.#last = seq
    this.received.push({ seq, id, state })
    if (this.#options.random.oneIn(2_000)) ws.terminate()
  }

  #speak(ws: WebSocket): void {
    if (ws.readyState !== WebSocket.OPEN) return
    const { random } = this.#options
    ws.send(JSON.stringify({ t: 'ack', seq: this.#last }))
    const last = this.received.at(-1)
    if (last?.state === null && random.oneIn(5)) ws.send(JSON.stringify({ t: 'read', ids: [last.id] }))
    if (random.oneIn(40)) this.#pause(ws)
  }

  /** A client that takes nothing for a moment, as a phone in a tunnel. */
  #pause(ws: WebSocket): void {
    ws.pause()
    setTimeout(
      () => {
        if (ws.readyState === WebSocket.OPEN) ws.resume()
      },
      this.#options.random.between(20, 300),
    )
  }
}
