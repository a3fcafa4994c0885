import type { ServerResponse } from 'node:http'

/**
 * The writing end of a text/event-stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). Nothing here
 * throws, also after the other side has gone.
 */
export class SseResponse {
  readonly #response: ServerResponse

  constructor(response: ServerResponse) {
    this.#response = response
  }

  /** Begins the answer. */
  start(): void {
    this.#response.on('error', ignore)
    if (this.#response.destroyed) return
    this.#response.writeHead(200, HEADERS)
    this.#response.flushHeaders()
  }

  /** Calls `listen` once, when the connection is gone; at once when it is already. */
  whenClosed(listen: () => void): void {
    if (this.#response.destroyed) listen()
    else this.#response.once('close', listen)
  }

  /** `done` is called once all of it, and all that was sent before, is in the hands of the system, or never will be. */
  send(data: Buffer | string, done?: () => void): void {
    if (this.#response.writableEnded || this.#response.destroyed) return done?.()
    this.#response.write(data, done)
  }

  /** What was sent and still takes our memory. */
  bufferedBytes(): number {
    return this.#response.writableLength
  }

  /** Ends it in good order, after what was sent. */
  close(): void {
    this.#response.end()
  }

  /** Ends it at once. */
  terminate(): void {
    this.#response.destroy()
  }
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would gather it up.
  'x-accel-buffering': 'no',
} as const

/** An error of a connection is followed by its end, which is dealt with. */
function ignore(): void {}
