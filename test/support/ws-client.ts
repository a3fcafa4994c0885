import { WebSocket, type ClientOptions } from 'ws'

/** A frame as a client reads it. */
export interface ReadFrame {
  readonly t?: string
  readonly seq?: number
  readonly replay?: boolean
  readonly ev?: {
    readonly id: string
    readonly type: string
    readonly title: string
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

export interface Closed {
  readonly code: number
  readonly reason: string
}

/** A WebSocket client that keeps every frame, and can be waited on. */
export class WsClient {
  readonly ws: WebSocket
  readonly frames: ReadFrame[] = []
  /** Messages as they came over the wire; one may hold several frames. */
  readonly messages: string[] = []
  readonly closed: Promise<Closed>
  /** The status and body of a refused upgrade. */
  readonly refused: Promise<{ status: number; headers: Record<string, unknown>; problem: Record<string, unknown> }>
  answersPings = true
  #waiting: (() => void)[] = []

  constructor(url: string, options: ClientOptions & { protocols?: string[] } = {}) {
    const { protocols = [], ...rest } = options
    this.ws = new WebSocket(url, protocols, rest)
    this.ws.on('message', data => this.#read(String(data)))
    this.ws.on('error', () => {})
    this.closed = new Promise(resolve => {
      this.ws.on('close', (code, reason) => {
        resolve({ code, reason: reason.toString() })
        this.#wake()
      })
    })
    this.refused = new Promise(resolve => {
      this.ws.on('unexpected-response', (_request, response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const problem: Record<string, unknown> = JSON.parse(Buffer.concat(chunks).toString())
          resolve({ status: response.statusCode ?? 0, headers: response.headers, problem })
          this.ws.terminate()
        })
      })
    })
  }

  async opened(): Promise<this> {
    if (this.ws.readyState === WebSocket.OPEN) return this
    await new Promise((resolve, reject) => {
      this.ws.once('open', resolve)
      this.ws.once('error', reject)
    })
    return this
  }

  send(message: unknown): void {
    this.ws.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** Resolves with the first frame that fits, from the beginning on; rejects when the connection ends without one. */
  async until(fits: (frame: ReadFrame) => boolean): Promise<ReadFrame> {
    for (;;) {
      const found = this.frames.find(fits)
      if (found) return found
      if (this.ws.readyState === WebSocket.CLOSED)
        throw new Error(`closed; frames: ${JSON.stringify(this.frames.slice(-5))}`)
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
  }

  /** Resolves once it is told that all of the past has come. */
  async live(): Promise<this> {
    await this.until(frame => frame.t === 'live')
    return this
  }

  /** Resolves once `n` events have come. */
  async events(n: number): Promise<readonly ReadFrame[]> {
    await this.until(() => this.evs.length >= n)
    return this.evs
  }

  /** Resolves once both sides have read and answered all that was on its way. */
  async synced(): Promise<void> {
    for (let i = 0; i < 2 && this.ws.readyState === WebSocket.OPEN; i++) {
      this.ws.ping()
      await Promise.race([new Promise(resolve => this.ws.once('pong', resolve)), this.closed])
    }
  }

  get evs(): readonly ReadFrame[] {
    return this.frames.filter(frame => frame.t === 'ev')
  }

  /** The highest number seen. */
  get cursor(): number {
    return this.frames.reduce((last, frame) => Math.max(last, frame.seq ?? 0), 0)
  }

  async close(): Promise<Closed> {
    this.ws.close()
    return this.closed
  }

  #read(text: string): void {
    this.messages.push(text)
    for (const line of text.split('\n')) {
      const frame: ReadFrame = JSON.parse(line)
      this.frames.push(frame)
      if (line === '{}' && this.answersPings) this.ws.send('{}')
    }
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
