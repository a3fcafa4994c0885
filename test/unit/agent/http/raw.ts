import { connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A plain connection, for what no well-behaved client sends. */
export class RawConnection {
  readonly socket: Socket
  text = ''
  readonly closed: Promise<void>
  #waiting: (() => void)[] = []

  constructor(to: number | string) {
    this.socket = typeof to === 'number' ? connect(to, '127.0.0.1') : connect(to)
    this.socket.setNoDelay(true)
    this.socket.on('data', chunk => {
      this.text += chunk.toString('latin1')
      for (const look of this.#waiting.splice(0)) look()
    })
    this.socket.on('error', () => {})
    this.closed = new Promise(resolve => this.socket.on('close', () => resolve()))
    onTestFinished(() => void this.socket.destroy())
  }

  write(data: string | Uint8Array): Promise<void> {
    return new Promise(resolve => this.socket.write(data, () => resolve()))
  }

  /** Resolves with all that has come once it matches. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.text)) {
      const more = new Promise<void>(resolve => this.#waiting.push(resolve))
      const ended = await Promise.race([more, this.closed.then(() => 'closed' as const)])
      if (ended === 'closed' && !pattern.test(this.text)) throw new Error(`closed before ${pattern}: ${this.text}`)
    }
    return this.text
  }

  end(): void {
    this.socket.destroy()
  }
}

/** Waits for a state; the test's own time limit ends it. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(resolve => setTimeout(resolve, 2))
}
