import { constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import type { PushAnswer, PushFailure } from './answer.ts'
import type { Cancellation } from './cancellation.ts'

export interface PushRequest {
  readonly path: string
  readonly headers: Readonly<Record<string, string | number>>
  readonly body: Uint8Array
}

/** What a service keeps open without complaint; it may say less. */
const MAX_STREAMS = 100
/** The reason of a refusal stands at its beginning; bytes. */
const MAX_TEXT = 1_024
/** A connection that carried nothing for this long is given back. */
const IDLE_MS = 60_000

/** One HTTP/2 connection to a push service, with many requests in flight. */
export class PushSession {
  readonly #session: ClientHttp2Session
  readonly #onChange: (session: PushSession) => void
  #active = 0
  #isOpen = true

  /** `onChange` is called when there is room again, and when the session takes nothing more. */
  constructor(session: ClientHttp2Session, onChange: (session: PushSession) => void) {
    this.#session = session
    this.#onChange = onChange
    const end = (): void => {
      this.#isOpen = false
      onChange(this)
    }
    session.on('goaway', end)
    session.on('close', end)
    // What it means is told by its streams.
    session.on('error', end)
    session.on('remoteSettings', () => onChange(this))
    session.setTimeout(IDLE_MS, () => this.retire())
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  get room(): number {
    return Math.min(MAX_STREAMS, this.#session.remoteSettings.maxConcurrentStreams ?? MAX_STREAMS) - this.#active
  }

  /** Takes nothing more; what is in flight may end. */
  retire(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#session.close()
    this.#onChange(this)
  }

  destroy(): void {
    this.#isOpen = false
    this.#session.destroy()
  }

  /** Takes the place of a request before it is sent, so that many who come at once do not all find room. */
  reserve(): void {
    this.#active += 1
  }

  release(): void {
    this.#active -= 1
    this.#onChange(this)
  }

  /** Sends one request; settles when it is answered, when the connection ends, and when it is given up. Never rejects. */
  send(request: PushRequest, cancellation: Cancellation): Promise<PushAnswer> {
    return new Promise(resolve => {
      if (cancellation.why !== null) return resolve(failed(cancellation.why))
      const stream = this.#open(request)
      if (stream === null) return resolve(failed('refused_stream'))
      let status = 0
      let retryAfter: string | null = null
      let text = NOTHING

      const settle = (failure: PushFailure): void => {
        cancellation.remove(abort)
        // A status that has come says more than how the rest went.
        resolve(status === 0 ? failed(failure) : { type: 'answered', status, retryAfter, text: text.toString() })
      }
      const abort = (): void => {
        // Perhaps the request is slow, perhaps the connection is dead and nobody told us: the next ones take another.
        if (status === 0) this.retire()
        settle(cancellation.why ?? 'aborted')
        stream.close(constants.NGHTTP2_CANCEL)
      }
      cancellation.add(abort)
      stream.on('response', headers => {
        status = headers[':status'] ?? 0
        retryAfter = headers['retry-after'] ?? null
      })
      stream.on('data', (chunk: Buffer) => {
        text = Buffer.concat([text, chunk.subarray(0, MAX_TEXT - text.length)])
        if (text.length >= MAX_TEXT) stream.close(constants.NGHTTP2_CANCEL)
      })
      stream.on('error', ignore)
      stream.on('close', () => {
        settle(stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ? 'refused_stream' : 'cut')
      })
      stream.end(request.body)
    })
  }

  /** Null when the session has ended since it was chosen: nothing was sent. */
  #open(request: PushRequest): ClientHttp2Stream | null {
    try {
      return this.#session.request({
        [constants.HTTP2_HEADER_METHOD]: 'POST',
        [constants.HTTP2_HEADER_PATH]: request.path,
        ...request.headers,
      })
    } catch {
      return null
    }
  }
}

const NOTHING: Buffer = Buffer.alloc(0)

/** What went wrong is told by how the stream ends. */
function ignore(): void {}

function failed(failure: PushFailure): PushAnswer {
  return { type: 'failed', failure }
}
