import type { LookupFunction } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { ApiCall } from '../../../core/api-call.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Log } from '../../../core/log.ts'
import type { PushAnswer, PushFailure } from './answer.ts'
import {
  packLetters,
  type Answered,
  type CarrierReply,
  type CarrierRequest,
  type CarrierSetup,
  type NumberedLetter,
} from './carrier-protocol.ts'
import type { Letter } from './letter.ts'

export interface CarrierHandOptions {
  /** The thread's file. */
  readonly url: URL
  readonly setup: CarrierSetup
  readonly clock: Clock
  readonly lookup: LookupFunction
  readonly record: (call: ApiCall) => void
  readonly log: Log
  /** Carries what the thread has not begun when it ends. */
  readonly instead: (letter: Letter, signal: AbortSignal) => Promise<PushAnswer>
  /** Called when the thread has ended, unless by `close`. */
  readonly onEnd: () => void
}

/** For a thread that hangs. */
const CLOSE_MS = 1_000

interface Pending {
  readonly letter: Letter
  readonly signal: AbortSignal
  readonly resolve: (answer: PushAnswer | Promise<PushAnswer>) => void
  readonly reject: (error: Error) => void
}

/** The hand on one thread that carries letters. */
export class CarrierHand {
  readonly #options: CarrierHandOptions
  readonly #thread: Worker
  readonly #pending = new Map<number, Pending>()
  /** The signals whose end the thread is to be told of, by the number that it knows them by. */
  readonly #holds = new WeakMap<AbortSignal, number>()
  /** Not posted yet. */
  #waiting: NumberedLetter[] = []
  #lastId = 0
  #lastHold = 0
  #isReady = false
  #isClosing = false
  readonly #ended: Promise<void>

  constructor(options: CarrierHandOptions) {
    this.#options = options
    const { url, setup, log } = options
    this.#thread = new Worker(url, { name: 'ec-push', workerData: setup })
    this.#thread.on('message', (reply: CarrierReply) => this.#hear(reply))
    this.#thread.on('error', error => log.error('a thread for pushes failed', { error: error.message }))
    this.#ended = new Promise(resolve => {
      this.#thread.on('exit', () => {
        this.#leave()
        resolve()
      })
    })
    // It keeps no process alive that has nothing else to do.
    this.#thread.unref()
  }

  /** Letters that it has and has not answered. */
  get load(): number {
    return this.#pending.size
  }

  carry(letter: Letter, signal: AbortSignal): Promise<PushAnswer> {
    if (signal.aborted || this.#isClosing) return Promise.resolve(failed('aborted'))
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId
      this.#pending.set(id, { letter, signal, resolve, reject })
      this.#waiting.push({ id, letter, hold: this.#holdOf(signal) })
      // All that comes in this turn goes together.
      if (this.#waiting.length === 1) setImmediate(() => this.#flush())
    })
  }

  /** What it has is given up; resolves once the thread has ended. */
  close(): Promise<void> {
    this.#isClosing = true
    this.#flush()
    this.#thread.ref()
    this.#post({ type: 'close' })
    const timer = this.#options.clock.setTimer(() => void this.#thread.terminate(), CLOSE_MS)
    return this.#ended.finally(() => timer.cancel())
  }

  /** Hundreds of letters share a signal, so it is listened to once for all of them. */
  #holdOf(signal: AbortSignal): number {
    const known = this.#holds.get(signal)
    if (known !== undefined) return known
    const hold = ++this.#lastHold
    this.#holds.set(signal, hold)
    const stop = (): void => {
      this.#flush()
      this.#post({ type: 'cancel', hold })
    }
    signal.addEventListener('abort', stop, { once: true })
    return hold
  }

  #flush(): void {
    if (this.#waiting.length === 0) return
    const request = packLetters(this.#waiting)
    this.#waiting = []
    this.#post(request, [request.texts])
  }

  #post(request: CarrierRequest, handedOver: readonly ArrayBuffer[] = []): void {
    this.#thread.postMessage(request, handedOver)
  }

  #hear(reply: CarrierReply): void {
    switch (reply.type) {
      case 'ready':
        this.#isReady = true
        return
      case 'answers':
        for (const call of reply.calls) this.#options.record(call)
        for (const answered of reply.answers) this.#settle(answered)
        return
      case 'look up':
        return this.#lookUp(reply)
      default:
        return reply satisfies never
    }
  }

  #settle([id, answer]: Answered): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (answer.type === 'wrong') pending?.reject(new Error(answer.message))
    else pending?.resolve(answer)
  }

  #lookUp({ id, hostname, family }: Extract<CarrierReply, { type: 'look up' }>): void {
    this.#options.lookup(hostname, { all: true, family }, (error, addresses) => {
      const code = error !== null && 'code' in error && typeof error.code === 'string' ? error.code : ''
      const found =
        error === null && typeof addresses !== 'string'
          ? ({ ok: true, addresses } as const)
          : ({ ok: false, message: error?.message ?? 'no address', code } as const)
      this.#post({ type: 'looked up', id, found })
    })
  }

  /** What it had begun may have reached the push service: it is tried again like any message whose connection was cut. */
  #leave(): void {
    const left = [...this.#pending.values()]
    this.#pending.clear()
    this.#waiting = []
    for (const { letter, signal, resolve } of left) {
      if (this.#isClosing) resolve(failed('aborted'))
      else if (this.#isReady) resolve(failed('cut'))
      else resolve(this.#options.instead(letter, signal))
    }
    if (!this.#isClosing) this.#options.onEnd()
  }
}

function failed(failure: PushFailure): PushAnswer {
  return { type: 'failed', failure }
}
