import type { RawData, WebSocket } from 'ws'
import type { Clock } from '../../../core/clock.ts'
import { TokenBucket } from '../../../core/token-bucket.ts'
import { parseClientMessages, type ClientMessage } from './client-message.ts'
import type { Desk } from './desk.ts'
import { WS_FORMAT } from './format.ts'
import { CLOSE, LIMITS } from './limits.ts'
import type { Session } from './session.ts'
import type { Sink } from './sink.ts'

/** One WebSocket of a known user: the way out for its session, and the way in for its messages, within their limits. */
export class WsConnection implements Sink {
  readonly format = WS_FORMAT
  readonly answers = true
  readonly #ws: WebSocket
  readonly #clock: Clock
  readonly #desk: Desk
  #session: Session | null = null
  /** Made with the first message: most clients listen, and say little. */
  #allowance: TokenBucket | null = null
  #malformed = 0

  constructor(ws: WebSocket, clock: Clock, desk: Desk) {
    this.#ws = ws
    this.#clock = clock
    this.#desk = desk
  }

  /** Begins to listen; `early` is what the client sent before it was known. */
  attach(session: Session, early: readonly string[]): void {
    this.#session = session
    this.#ws.on('message', (data, isBinary) => this.#receive(isBinary ? '' : toText(data)))
    this.#ws.on('close', () => session.end())
    if (this.#ws.readyState === this.#ws.CLOSED) session.end()
    for (const text of early) this.#receive(text)
  }

  send(data: Buffer | string, done?: () => void): void {
    this.#ws.send(data, TEXT, done)
  }

  bufferedBytes(): number {
    return this.#ws.bufferedAmount
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason)
  }

  terminate(): void {
    this.#ws.terminate()
  }

  #receive(text: string): void {
    const session = this.#session
    if (session === null || !session.isOpen) return
    session.heard()
    for (const message of parseClientMessages(text)) {
      if (!this.#mayTalk()) return session.close(CLOSE.tooManyMessages, 'too many messages')
      if (message.t === 'malformed' && ++this.#malformed > LIMITS.malformedMessages) {
        return session.close(CLOSE.badRequest, 'too many messages that cannot be understood')
      }
      void this.#answer(session, message)
    }
  }

  async #answer(session: Session, message: ClientMessage): Promise<void> {
    const reply = await this.#desk.handle(session, message)
    if (reply !== null) session.reply(reply)
  }

  #mayTalk(): boolean {
    const now = this.#clock.monotonic()
    this.#allowance ??= new TokenBucket(LIMITS.messages, now)
    return this.#allowance.take(now) === 0
  }
}

/** What is encoded once for many goes out as text, not as binary. */
const TEXT = { binary: false } as const

/** `ws` gives one buffer for a message; the other shapes belong to settings that are not used. */
export function toText(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString() : ''
}
