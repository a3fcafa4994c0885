import { get, type IncomingMessage } from 'node:http'
import type { ReadFrame } from './ws-client.js'

export interface SseEvent {
  readonly id: string | null
  readonly event: string
  readonly data: ReadFrame
}

/** A client of server-sent events that keeps everything, comments too, and can be waited on. */
export class SseClient {
  readonly events: SseEvent[] = []
  comments = 0
  readonly response: IncomingMessage
  readonly ended: Promise<void>
  #text = ''
  #waiting: (() => void)[] = []

  private constructor(response: IncomingMessage) {
    this.response = response
    response.setEncoding('utf8')
    response.on('data', (text: string) => this.#read(text))
    response.on('error', () => {})
    this.ended = new Promise(resolve => {
      response.on('close', () => {
        resolve()
        this.#wake()
      })
    })
  }

  static open(url: string, lastEventId?: string, more: Readonly<Record<string, string>> = {}): Promise<SseClient> {
    const headers = { ...more, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) }
    return new Promise((resolve, reject) => {
      get(url, { headers }, response => resolve(new SseClient(response))).on('error', reject)
    })
  }

  async until(fits: (event: SseEvent) => boolean): Promise<SseEvent> {
    for (;;) {
      const found = this.events.find(fits)
      if (found) return found
      if (this.response.closed) throw new Error('the stream has ended')
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
  }

  get evs(): readonly SseEvent[] {
    return this.events.filter(event => event.event === 'ev')
  }

  close(): void {
    this.response.destroy()
  }

  #read(text: string): void {
    this.#text += text
    const blocks = this.#text.split('\n\n')
    this.#text = blocks.pop() ?? ''
    for (const block of blocks) {
      if (block.startsWith(':')) this.comments += 1
      else this.events.push(toEvent(block))
    }
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

function toEvent(block: string): SseEvent {
  const fields = new Map(
    block.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  )
  const data: ReadFrame = JSON.parse(fields.get('data') ?? 'null')
  return { id: fields.get('id') ?? null, event: fields.get('event') ?? 'message', data }
}
