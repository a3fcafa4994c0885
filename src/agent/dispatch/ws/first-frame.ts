import type { RawData, WebSocket } from 'ws'
import { toEcError } from '../../../core/errors.ts'
import { parseClientMessages } from './client-message.ts'
import { CLOSE, LIMITS } from './limits.ts'
import type { TimingWheel, Wakeable } from './timing-wheel.ts'
import { toText } from './ws-connection.ts'

/** Messages that may come in while the token is being looked at. */
const MAX_EARLY = 16

export interface FirstFrameOptions {
  readonly wheel: TimingWheel
  /** Looks at the token; rejects when it is none of a user. */
  readonly admit: (token: string) => Promise<(early: readonly string[]) => void>
  readonly ended: () => void
}

/**
 * A WebSocket that has not said yet who it is: the first frame must be `{t:"auth",token}`, and must come soon. What the
 * client sends right behind it waits until the token was looked at.
 */
export class FirstFrame implements Wakeable {
  wheelSlot = -1
  wheelIndex = -1
  readonly #ws: WebSocket
  readonly #options: FirstFrameOptions
  #early: string[] | null = null
  #closing = false

  constructor(ws: WebSocket, options: FirstFrameOptions) {
    this.#ws = ws
    this.#options = options
  }

  listen(): void {
    this.#ws.on('message', this.#onMessage)
    this.#ws.on('close', this.#onClose)
    this.#options.wheel.schedule(this, LIMITS.authenticateWithinMs)
  }

  wake(): void {
    if (this.#closing) return this.#ws.terminate()
    this.#close(CLOSE.unauthenticated, 'send {"t":"auth","token":...} first')
  }

  readonly #onMessage = (data: RawData, isBinary: boolean): void => {
    if (this.#closing) return
    const text = isBinary ? '' : toText(data)
    if (this.#early !== null) {
      if (this.#early.push(text) > MAX_EARLY) this.#close(CLOSE.tooManyMessages, 'too many messages')
      return
    }
    const [first, ...more] = parseClientMessages(text)
    if (first?.t !== 'auth') return this.#close(CLOSE.badRequest, 'the first frame must be {"t":"auth","token":...}')
    this.#early = more.length > 0 ? [text.slice(text.indexOf('\n') + 1)] : []
    void this.#admit(first.token)
  }

  async #admit(token: string): Promise<void> {
    try {
      const take = await this.#options.admit(token)
      if (this.#closing || this.#ws.readyState !== this.#ws.OPEN) return
      this.#detach()
      take(this.#early ?? [])
    } catch (thrown) {
      const error = toEcError(thrown)
      const isRefusal = error.status === 401 || error.status === 403 || error.status === 429
      this.#close(isRefusal ? CLOSE.badToken : CLOSE.stateLost, error.message)
    }
  }

  readonly #onClose = (): void => this.#detach()

  #close(code: number, reason: string): void {
    if (this.#closing) return
    this.#closing = true
    this.#ws.close(code, reason)
    this.#options.wheel.schedule(this, LIMITS.closeWithinMs)
  }

  #detach(): void {
    this.#options.wheel.remove(this)
    this.#ws.off('message', this.#onMessage)
    this.#ws.off('close', this.#onClose)
    this.#options.ended()
  }
}
