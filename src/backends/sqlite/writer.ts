import { Worker } from 'node:worker_threads'
import type { Clock, Timer } from '../../core/clock.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { JobCounts } from './job-table.ts'
import { packCalls } from './packed-calls.ts'
import { RETRY_AFTER_MS, reviveError } from './plain-error.ts'
import type { StoreMeta, UnitCall } from './store-file.ts'
import type { UnitArgs, UnitName, UnitResult } from './units/index.ts'
import type { WriterReply, WriterRequest } from './writer-protocol.ts'

/** Units of one transaction at most: a bound for how long the others wait. */
const MAX_BATCH = 1024
/**
 * So many senders who wait are worth a transaction of their own while the disk is quick: the thread begins with them
 * although more are just coming in, and it gets the next batch before it has ended this one. Otherwise it would wait
 * whenever we work, and we whenever it does.
 */
const FULL_OF_SENDERS = 32
/** For work that nobody waits for more is better: a unit costs half as much among a hundred as among thirty. */
const FULL_OF_UNITS = 128
/** A transaction that took longer waits for the disk, and then the fewer there are the better. */
const QUICK_MS = 4
/**
 * What was tried at a device is noted when enough of it has come together, or something comes for which others wait:
 * a commit costs as much as the notes of twenty devices.
 */
const LINGER_MS = 10
/** Batches that the thread has at once. */
const DEPTH = 2

/** Between two tries to start the thread, when the store could not be opened. */
const RESTART_MS = 1000

/** What goes before the agent's own work: its sender waits for the answer. */
const AWAITED: ReadonlySet<UnitName> = new Set<UnitName>(['acceptNotification', 'acceptNotifications', 'appendEvent'])

/** In which the pressure of senders falls by half once they are gone. */
const FADE_MS = 10

interface Pending {
  readonly call: UnitCall
  /** Senders who wait for the answer: none for our own work, and one for all units of a batch. */
  readonly senders: number
  /** It may wait for others to share a transaction with. */
  readonly isPatient: boolean
  readonly resolve: (value: unknown) => void
  readonly reject: (error: EcError) => void
}

interface Exchange {
  readonly resolve: (reply: WriterReply) => void
  readonly reject: (error: EcError) => void
}

/** Since when the disk refuses, and what it said last. */
export interface WriterTrouble {
  /** ms since 1970. */
  readonly since: number
  readonly error: EcError
}

export interface WriterOptions {
  readonly file: string
  readonly clock: Clock
  readonly log: Log
  /** Units of one transaction at most; 1 shows in benchmarks what sharing is worth. */
  readonly maxBatch?: number
  /** Called at each commit, before those who wait for it hear of it. */
  readonly committed: () => void
  /** The thread's file; another one only in tests. */
  readonly thread?: URL
}

/**
 * The main thread's hand on the writer's thread. Units that arrive while a batch is on the disk wait and share the next
 * transaction: under load many share one `fsync`, and a lone one waits for nobody. Batches are done and
 * answered in order.
 */
export class Writer {
  readonly #options: WriterOptions
  /** Null while there is none: it ended and the next one is not started yet. */
  #thread: Worker | null = null
  #meta: StoreMeta = { instance: '', epoch: '', schema: 0 }
  #jobs: JobCounts = { ready: 0, delayed: 0, running: 0, done: 0, dead: 0 }
  #pending: Pending[] = []
  /** Senders who wait for what is pending. */
  #sendersWaiting = 0
  #pressure = { senders: 0, at: 0 }
  #flushScheduled = false
  /** Of what is pending. */
  #impatient = 0
  #linger: NodeJS.Timeout | null = null
  #batchesInFlight = 0
  /** How long the last transaction took. */
  #tookMs = 0
  /** Requests whose reply is awaited, in order. */
  readonly #exchanges: Exchange[] = []
  #trouble: WriterTrouble | null = null
  #restart: Timer | null = null
  #drained: Promise<void> | null = null
  #tellDrained: (() => void) | null = null
  #closed: Promise<void> | null = null

  private constructor(options: WriterOptions) {
    this.#options = options
  }

  /** Opens and migrates the store. */
  static async open(options: WriterOptions): Promise<Writer> {
    const writer = new Writer(options)
    writer.#meta = await writer.#start()
    return writer
  }

  meta(): StoreMeta {
    return this.#meta
  }

  /** Units that wait for the disk, this moment. */
  get waiting(): number {
    return this.#pending.length
  }

  get isStill(): boolean {
    return this.#pending.length === 0 && this.#batchesInFlight === 0
  }

  /**
   * How many senders who wait for their answer, as those of webhooks, share a transaction these days: the most of late.
   * They come in waves, so what waits at one moment says little.
   */
  get pressure(): number {
    const { senders, at } = this.#pressure
    return senders * 2 ** ((at - this.#options.clock.monotonic()) / FADE_MS)
  }

  /** As the last batch left them: known at once, whatever the disk does. */
  get jobs(): JobCounts {
    return this.#jobs
  }

  /** Null when the last batch was stored. */
  get trouble(): WriterTrouble | null {
    return this.#trouble
  }

  /** Runs a unit; resolves once it is durable. */
  run<Name extends UnitName>(name: Name, ...args: UnitArgs<Name>): Promise<UnitResult<Name>> {
    return this.#add(name, args, AWAITED.has(name) ? 1 : 0)
  }

  /** As `run`, for a unit that others do not wait for: it shares the transaction of what comes soon. */
  runSoon<Name extends UnitName>(name: Name, ...args: UnitArgs<Name>): Promise<UnitResult<Name>> {
    return this.#add(name, args, 0, true)
  }

  /** Runs units of one sender, each for itself. Handed over in one turn, they share a transaction. */
  runAll<Name extends UnitName>(name: Name, batch: readonly UnitArgs<Name>[]): Promise<readonly UnitResult<Name>[]> {
    return Promise.all(batch.map((args, i) => this.#add(name, args, i === 0 && AWAITED.has(name) ? 1 : 0)))
  }

  #add<Name extends UnitName>(
    name: Name,
    args: UnitArgs<Name>,
    senders: number,
    isPatient = false,
  ): Promise<UnitResult<Name>> {
    if (this.#drained) return Promise.reject(new EcError('EC_DRAINING', 'the store is closed'))
    return new Promise((resolve, reject) => {
      // The thread gives back what the unit of this name returned.
      this.#sendersWaiting += senders
      if (!isPatient) this.#impatient += 1
      const settle = { resolve: resolve as (value: unknown) => void, reject }
      this.#pending.push({ call: { name, args }, senders, isPatient, ...settle })
      if (this.#isFull()) this.#flush()
      else this.#scheduleFlush()
    })
  }

  /** Puts a prepared store in the place of the present one; where the old one is now. */
  async swap(incoming: string): Promise<string> {
    const reply = await this.#exchange({ type: 'swap', incoming, now: this.#options.clock.now() })
    if (reply.type !== 'swapped') throw unexpected(reply)
    this.#meta = reply.meta
    this.#jobs = reply.jobs
    // What was wrong is not in the store that is there now.
    this.#note(null, 0)
    return reply.kept
  }

  /** Takes nothing more and resolves once what was asked for is answered. Idempotent. */
  drain(): Promise<void> {
    const idle = this.#pending.length === 0 && this.#batchesInFlight === 0
    if (this.#batchesInFlight === 0) this.#flush()
    return (this.#drained ??= idle ? Promise.resolve() : new Promise(resolve => void (this.#tellDrained = resolve)))
  }

  /** Drains, then ends the thread. Idempotent. */
  close(): Promise<void> {
    return (this.#closed ??= this.#end())
  }

  async #end(): Promise<void> {
    await this.drain()
    this.#restart?.cancel()
    // A thread that cannot answer has nothing open that could be lost.
    await this.#exchange({ type: 'close' }).catch(() => {})
    await this.#thread?.terminate()
  }

  /** Starts the thread and hears it; its first word is that it has opened the store. */
  async #start(): Promise<StoreMeta> {
    const { file, clock, log, thread: url = new URL('./writer-thread.js', import.meta.url) } = this.#options
    const thread = new Worker(url, { workerData: { file, now: clock.now() }, name: 'ec-writer' })
    let opened = false
    thread.on('message', (reply: WriterReply) => {
      const exchange = this.#exchanges.shift()
      if (reply.type === 'failed') exchange?.reject(reviveError(reply.error))
      else exchange?.resolve(reply)
    })
    thread.on('error', error => log.error('the writer thread failed', { error: error.message }))
    thread.on('exit', () => this.#ended(opened))
    this.#thread = thread
    const reply = await this.#expectReply()
    if (reply.type !== 'opened') throw unexpected(reply)
    opened = true
    this.#jobs = reply.jobs
    return reply.meta
  }

  /** It must not end before we do; if it does, nothing in flight is known to have happened, and a new one takes over. */
  #ended(opened: boolean): void {
    this.#thread = null
    for (const exchange of this.#exchanges.splice(0)) exchange.reject(gone())
    if (this.#meta.instance === '' || this.#closed) return
    if (opened) void this.#takeOver()
    else this.#restart = this.#options.clock.setTimer(() => void this.#takeOver(), RESTART_MS)
  }

  async #takeOver(): Promise<void> {
    try {
      this.#meta = await this.#start()
      this.#options.log.warn('a new writer thread has taken over')
    } catch (error) {
      // It ends by itself, and then the next try is set.
      this.#note(toEcError(error), 0)
    }
  }

  #isFull(): boolean {
    const isWorth = this.#sendersWaiting >= FULL_OF_SENDERS || this.#pending.length >= FULL_OF_UNITS
    return isWorth && this.#tookMs < QUICK_MS
  }

  #scheduleFlush(): void {
    if (this.#flushScheduled || this.#batchesInFlight > 0) return
    if (this.#canLinger()) {
      this.#linger ??= setTimeout(() => this.#flush(), LINGER_MS)
      return
    }
    this.#flushScheduled = true
    // After this turn's I/O callbacks: everything that arrived in one turn shares a transaction.
    setImmediate(() => {
      this.#flushScheduled = false
      this.#flush()
    })
  }

  /** For what is pending nobody waits, and it is not much. */
  #canLinger(): boolean {
    return this.#impatient === 0 && this.#pending.length < FULL_OF_UNITS && this.#drained === null
  }

  #flushOrLinger(): void {
    if (this.#pending.length > 0 && this.#canLinger()) this.#scheduleFlush()
    else this.#flush()
  }

  #flush(): void {
    if (this.#linger !== null) clearTimeout(this.#linger)
    this.#linger = null
    if (this.#pending.length === 0 || this.#batchesInFlight >= (this.#isFull() ? DEPTH : 1)) return
    const most = this.#options.maxBatch ?? MAX_BATCH
    const batch = this.#pending.length > most ? this.#pending.splice(0, most) : this.#pending
    if (batch === this.#pending) this.#pending = []
    this.#batchesInFlight += 1
    const senders = batch.reduce((sum, unit) => sum + unit.senders, 0)
    this.#sendersWaiting -= senders
    for (const { isPatient } of batch) if (!isPatient) this.#impatient -= 1
    this.#pressure = { senders: Math.max(senders, this.pressure), at: this.#options.clock.monotonic() }
    const { cells, handedOver } = packCalls(batch.map(unit => unit.call))
    this.#exchange({ type: 'batch', cells, now: this.#options.clock.now() }, handedOver).then(
      reply => this.#settle(batch, reply),
      (error: unknown) => this.#failBatch(batch, toEcError(error)),
    )
  }

  #settle(batch: readonly Pending[], reply: WriterReply): void {
    this.#batchesInFlight -= 1
    if (reply.type === 'batch') {
      this.#jobs = reply.jobs
      this.#tookMs = reply.tookMs
    }
    this.#options.committed()
    this.#note(null, 0)
    // The next batch goes to the thread first: it works while we answer.
    this.#flushOrLinger()
    for (const [i, unit] of batch.entries()) answer(unit, i, reply)
    this.#tellIdle()
  }

  #failBatch(batch: readonly Pending[], error: EcError): void {
    this.#batchesInFlight -= 1
    this.#note(error, batch.length)
    for (const unit of batch) unit.reject(error)
    this.#flush()
    this.#tellIdle()
  }

  #tellIdle(): void {
    if (this.#batchesInFlight === 0 && this.#pending.length === 0) this.#tellDrained?.()
  }

  /** Notes whether the disk takes what it is given. A full disk refuses every batch, so only changes are logged. */
  #note(error: EcError | null, units: number): void {
    const before = this.#trouble
    if (!error && !before) return
    const { clock, log } = this.#options
    this.#trouble = error && { since: before?.since ?? clock.now(), error }
    if (!error) log.info('the store is written again')
    else if (error.code !== before?.error.code) {
      log.error('the store cannot be written', { code: error.code, units, error: error.message })
    }
  }

  #exchange(request: WriterRequest, handedOver: readonly ArrayBuffer[] = []): Promise<WriterReply> {
    if (!this.#thread) return Promise.reject(gone())
    this.#thread.postMessage(request, handedOver)
    return this.#expectReply()
  }

  #expectReply(): Promise<WriterReply> {
    return new Promise((resolve, reject) => void this.#exchanges.push({ resolve, reject }))
  }
}

function answer(unit: Pending, place: number, reply: WriterReply): void {
  if (reply.type !== 'batch') return unit.reject(unexpected(reply))
  const failure = reply.failures.get(place)
  if (failure === undefined) unit.resolve(reply.values[place])
  else unit.reject(reviveError(failure))
}

function gone(): EcError {
  return new EcError('EC_STORAGE_FAILED', 'the writer thread ended', { retryAfterMs: RETRY_AFTER_MS })
}

function unexpected(reply: WriterReply): EcError {
  return new EcError('EC_INTERNAL', `the writer answered ${reply.type}`)
}
