import { Worker } from 'node:worker_threads'
import type { Clock } from '../../core/clock.ts'
import { ERROR_CODES, type ErrorCode } from '../../core/error-codes.ts'
import { EcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { StoreMeta, UnitCall, UnitFailure } from './store-file.ts'
import type { UnitArgs, UnitName, UnitResult } from './units/index.ts'
import type { WriterReply, WriterRequest } from './writer-protocol.ts'

/** Units of one transaction at most: a bound for how long the others wait. */
const MAX_BATCH = 1024
/** How long a sender should wait after the disk refused. */
const RETRY_AFTER_MS = 2000

interface Pending {
  readonly call: UnitCall
  readonly resolve: (value: unknown) => void
  readonly reject: (error: EcError) => void
}

interface Exchange {
  readonly resolve: (reply: WriterReply) => void
  readonly reject: (error: EcError) => void
}

export interface WriterOptions {
  readonly file: string
  readonly clock: Clock
  readonly log: Log
  /** Units of one transaction at most; 1 shows in benchmarks what sharing is worth. */
  readonly maxBatch?: number
  /** Called at each commit, before those who wait for it hear of it. */
  readonly committed: () => void
}

/**
 * The main thread's hand on the writer's thread. Units that arrive while a batch is on the disk wait and share the next
 * transaction: under load many share one `fsync`, and a lone one waits for nobody.
 */
export class Writer {
  readonly #options: WriterOptions
  #thread: Worker
  #meta: StoreMeta = { instance: '', epoch: '', schema: 0 }
  #pending: Pending[] = []
  #flushScheduled = false
  #batchInFlight = false
  /** Requests whose reply is awaited, in order. */
  readonly #exchanges: Exchange[] = []
  #closed = false

  private constructor(options: WriterOptions) {
    this.#options = options
    this.#thread = this.#newThread()
  }

  /** Opens and migrates the store. */
  static async open(options: WriterOptions): Promise<Writer> {
    const writer = new Writer(options)
    writer.#meta = await writer.#listen()
    return writer
  }

  meta(): StoreMeta {
    return this.#meta
  }

  /** Units that wait for the disk, this moment. */
  get waiting(): number {
    return this.#pending.length
  }

  /** Runs a unit; resolves once it is durable. */
  run<Name extends UnitName>(name: Name, ...args: UnitArgs<Name>): Promise<UnitResult<Name>> {
    if (this.#closed) return Promise.reject(new EcError('EC_DRAINING', 'the store is closed'))
    return new Promise((resolve, reject) => {
      // The thread gives back what the unit of this name returned.
      this.#pending.push({ call: { name, args }, resolve: resolve as (value: unknown) => void, reject })
      this.#scheduleFlush()
    })
  }

  async restore(file: string): Promise<string> {
    const reply = await this.#exchange({ type: 'restore', file, now: this.#options.clock.now() })
    if (reply.type !== 'restored') throw new EcError('EC_INTERNAL', `the writer answered ${reply.type}`)
    this.#meta = reply.meta
    return reply.kept
  }

  /** Resolves once nothing waits any more. */
  async flush(): Promise<void> {
    while (this.#pending.length > 0 || this.#batchInFlight) await this.#idle()
  }

  /** Finishes what was asked for, then ends the thread. */
  async close(): Promise<void> {
    if (this.#closed) return
    await this.flush()
    this.#closed = true
    await this.#exchange({ type: 'close' })
    await this.#thread.terminate()
  }

  #newThread(): Worker {
    const { file, clock } = this.#options
    return new Worker(new URL('./writer-thread.js', import.meta.url), {
      workerData: { file, now: clock.now() },
      name: 'ec-writer',
    })
  }

  /** Hears the thread; its first word is that it has opened the store. */
  #listen(): Promise<StoreMeta> {
    this.#thread.on('message', (reply: WriterReply) => {
      const exchange = this.#exchanges.shift()
      if (reply.type === 'failed') exchange?.reject(revive(reply.error))
      else exchange?.resolve(reply)
    })
    this.#thread.on('error', error => this.#options.log.error('the writer thread failed', { error: error.message }))
    this.#thread.on('exit', () => this.#threadEnded())
    return new Promise((resolve, reject) => {
      const heard = (reply: WriterReply): void =>
        reply.type === 'opened' ? resolve(reply.meta) : reject(unexpected(reply))
      this.#exchanges.push({ resolve: heard, reject })
    })
  }

  /** It must not end before we do; if it does, nothing in flight is known to have happened, and a new one takes over. */
  #threadEnded(): void {
    const lost = this.#exchanges.splice(0)
    for (const exchange of lost) exchange.reject(new EcError('EC_STORAGE_FAILED', 'the writer ended', RETRY))
    if (this.#closed || this.#meta.instance === '') return
    this.#options.log.error('the writer thread ended; starting another')
    this.#thread = this.#newThread()
    this.#listen().then(
      meta => void (this.#meta = meta),
      (error: unknown) => this.#options.log.error('the writer thread cannot start', { error: String(error) }),
    )
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled || this.#batchInFlight) return
    this.#flushScheduled = true
    // After this turn's I/O callbacks: everything that arrived in one turn shares a transaction.
    setImmediate(() => {
      this.#flushScheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#batchInFlight || this.#pending.length === 0) return
    const most = this.#options.maxBatch ?? MAX_BATCH
    const batch = this.#pending.length > most ? this.#pending.splice(0, most) : this.#pending
    if (batch === this.#pending) this.#pending = []
    this.#batchInFlight = true
    const request: WriterRequest = {
      type: 'batch',
      calls: batch.map(unit => unit.call),
      now: this.#options.clock.now(),
    }
    this.#exchange(request).then(
      reply => this.#settle(batch, reply),
      (error: EcError) => this.#failBatch(batch, error),
    )
  }

  #settle(batch: readonly Pending[], reply: WriterReply): void {
    this.#batchInFlight = false
    this.#options.committed()
    // The next batch goes to the thread first: it works while we answer.
    this.#flush()
    const outcomes = reply.type === 'batch' ? reply.outcomes : []
    for (const [i, unit] of batch.entries()) {
      const outcome = outcomes[i]
      if (outcome?.ok) unit.resolve(outcome.value)
      else unit.reject(outcome ? revive(outcome.error) : unexpected(reply))
    }
  }

  #failBatch(batch: readonly Pending[], error: EcError): void {
    this.#batchInFlight = false
    this.#options.log.error('a batch was not stored', { code: error.code, units: batch.length, error: error.message })
    for (const unit of batch) unit.reject(error)
    this.#flush()
  }

  #exchange(request: WriterRequest): Promise<WriterReply> {
    return new Promise((resolve, reject) => {
      this.#exchanges.push({ resolve, reject })
      this.#thread.postMessage(request)
    })
  }

  #idle(): Promise<void> {
    return new Promise(resolve => setImmediate(resolve))
  }
}

const RETRY = { retryAfterMs: RETRY_AFTER_MS }

function revive(error: UnitFailure): EcError {
  const code: ErrorCode = isErrorCode(error.code) ? error.code : 'EC_INTERNAL'
  const wait = code === 'EC_STORAGE_FULL' || code === 'EC_STORAGE_FAILED' ? RETRY : {}
  return new EcError(code, error.message, { hint: error.hint, ...wait })
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code)
}

function unexpected(reply: WriterReply): EcError {
  return new EcError('EC_INTERNAL', `the writer answered ${reply.type}`)
}
