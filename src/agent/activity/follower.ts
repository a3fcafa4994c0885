import type { ServerResponse } from 'node:http'
import type { EcError } from '../../core/errors.ts'
import { SseResponse } from '../../core/sse-response.ts'
import { LIMITS } from './limits.ts'
import { formatPlace, type Place } from './place.ts'

/** A frame, and the place of whoever has got it. */
export interface Message extends Place {
  /** JSON without a line break. */
  readonly frame: string
}

/** One connected reader of the activity. */
export class Follower {
  readonly #sse: SseResponse
  #place: Place

  /** Begins the answer with a first message. */
  constructor(response: ServerResponse, first: Message) {
    this.#sse = new SseResponse(response)
    this.#place = first
    this.#sse.start()
    this.send(first)
  }

  /** Calls `listen` once, when the connection is gone; at once when it is already. */
  whenClosed(listen: () => void): void {
    this.#sse.whenClosed(listen)
  }

  get place(): Place {
    return this.#place
  }

  /** False: it has not read what it got so far, and is cut off. */
  send(message: Message): boolean {
    this.#place = message
    if (this.#sse.bufferedBytes() > LIMITS.backlogBytes) {
      this.#sse.terminate()
      return false
    }
    this.#sse.send(`id: ${formatPlace(message)}\ndata: ${message.frame}\n\n`)
    return true
  }

  /** Ends it in good order and says why, in an event that a browser's `EventSource` passes over. */
  end({ code, message: detail, hint }: EcError): void {
    this.#sse.send(`event: problem\ndata: ${JSON.stringify({ code, detail, hint })}\n\n`)
    this.#sse.close()
  }
}
