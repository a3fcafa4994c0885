import { connect as connectHttp2 } from 'node:http2'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { LookupFunction } from 'node:net'
import type { Clock } from '../../../core/clock.ts'
import type { Cancellation } from './cancellation.ts'
import { PushSession } from './push-session.ts'

export interface PushLaneOptions {
  readonly origin: URL
  readonly lookup: LookupFunction
  readonly clock: Clock
  /** Certificates that are trusted instead of the system's. */
  readonly ca?: string
  /** For a connection, from the name to the end of the handshake. */
  readonly deadlineMs: number
  /** With HTTP/2, those that end not counted. */
  readonly maxSessions: number
}

const GIVEN_UP = 'the send was given up'

interface Waiter {
  readonly resolve: (session: PushSession | 'http1') => void
  readonly reject: (error: unknown) => void
}

/**
 * The connections to one push service: a few with HTTP/2, opened when they are needed. A service that does not
 * speak HTTP/2 is known after the first handshake.
 */
export class PushLane {
  readonly #options: PushLaneOptions
  readonly #sessions = new Set<PushSession>()
  #waiting: Waiter[] = []
  #isOpening = false
  #speaksHttp1 = false
  #isClosed = false

  constructor(options: PushLaneOptions) {
    this.#options = options
  }

  /**
   * A session with a place reserved in it, to be given back by `release`. At once where there is room; otherwise it rejects
   * when there is no connection, and when it is given up.
   */
  take(cancellation: Cancellation): PushSession | 'http1' | Promise<PushSession | 'http1'> {
    const session = this.#waiting.length > 0 ? null : this.#find()
    if (session === null) return this.#wait(cancellation)
    if (session !== 'http1') session.reserve()
    return session
  }

  #wait(cancellation: Cancellation): Promise<PushSession | 'http1'> {
    return new Promise((resolve, reject) => {
      if (cancellation.why !== null) return reject(new Error(GIVEN_UP))
      const waiter: Waiter = {
        resolve: session => {
          cancellation.remove(leave)
          resolve(session)
        },
        reject: error => {
          cancellation.remove(leave)
          reject(error)
        },
      }
      const leave = (): void => {
        this.#waiting = this.#waiting.filter(one => one !== waiter)
        reject(new Error(GIVEN_UP))
      }
      cancellation.add(leave)
      this.#waiting.push(waiter)
      this.#serve()
    })
  }

  /** Gives its connections back once what is in flight has ended. */
  retire(): void {
    for (const session of this.#sessions) session.retire()
  }

  /** Whoever waits must have been told by his own signal. */
  close(): void {
    this.#isClosed = true
    for (const session of this.#sessions) session.destroy()
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const session = this.#find()
      if (session === null) {
        if (!this.#isOpening && this.#sessions.size < this.#options.maxSessions) void this.#open()
        return
      }
      if (session !== 'http1') session.reserve()
      this.#waiting.shift()?.resolve(session)
    }
  }

  #find(): PushSession | 'http1' | null {
    if (this.#speaksHttp1) return 'http1'
    let best: PushSession | null = null
    for (const session of this.#sessions) {
      if (session.isOpen && session.room > (best?.room ?? 0)) best = session
    }
    return best
  }

  async #open(): Promise<void> {
    this.#isOpening = true
    try {
      const socket = await connect(this.#options)
      if (this.#isClosed) socket.destroy()
      else if (socket.alpnProtocol === 'h2') this.#add(socket)
      else {
        this.#speaksHttp1 = true
        socket.destroy()
      }
    } catch (error) {
      // Whoever waits learns of it now; the next to come tries again.
      const waiting = this.#waiting
      this.#waiting = []
      for (const waiter of waiting) waiter.reject(error)
    } finally {
      this.#isOpening = false
    }
    this.#serve()
  }

  #add(socket: TLSSocket): void {
    const http2 = connectHttp2(this.#options.origin, { createConnection: () => socket })
    const session = new PushSession(http2, changed => {
      if (!changed.isOpen) this.#sessions.delete(changed)
      this.#serve()
    })
    this.#sessions.add(session)
  }
}

function connect(options: PushLaneOptions): Promise<TLSSocket> {
  const { origin, lookup, ca, clock, deadlineMs } = options
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      host: origin.hostname,
      servername: origin.hostname,
      port: origin.port === '' ? 443 : Number(origin.port),
      ALPNProtocols: ['h2', 'http/1.1'],
      lookup,
      ...(ca === undefined ? {} : { ca }),
    })
    const timer = clock.setTimer(() => socket.destroy(new Error('the push service did not answer')), deadlineMs)
    socket.once('secureConnect', () => {
      timer.cancel()
      socket.off('error', fail)
      resolve(socket)
    })
    socket.once('error', fail)
    function fail(error: Error): void {
      timer.cancel()
      reject(error)
    }
  })
}
