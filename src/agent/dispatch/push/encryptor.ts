import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Log } from '../../../core/log.ts'
import { encrypt, type EncryptionKeys } from './encrypt.ts'
import { packParts, unpackParts } from './pack-parts.ts'

/** Encrypts messages (RFC 8291): a few at once right here, many in a thread of their own. */
export interface Encryptor {
  encrypt(plaintext: Uint8Array, keys: EncryptionKeys): Promise<Uint8Array>
  close(): void
}

export interface EncryptorOptions {
  readonly log: Log
  /** Cores of the machine; with a single one a thread only adds work. */
  readonly cores?: number
  /** The thread's file; another one only in tests. */
  readonly thread?: URL
}

/** What the thread is asked, in one message a batch. */
export interface EncryptionBatch {
  readonly keys: readonly EncryptionKeys[]
  /** All plaintexts, as `packParts` lays them out. */
  readonly packed: ArrayBuffer
}

/** So many in one turn are worth a message to the thread and back; one takes a tenth of a millisecond here. */
const MANY = 8
/** Tasks of one message: the first go on their way while the thread is at the next. */
const AT_ONCE = 16

interface Task {
  readonly plaintext: Uint8Array
  readonly keys: EncryptionKeys
  readonly resolve: (body: Uint8Array) => void
  readonly reject: (error: unknown) => void
}

export function createEncryptor(options: EncryptorOptions): Encryptor {
  const {
    log,
    cores = availableParallelism(),
    thread: url = new URL('./encryptor-thread.js', import.meta.url),
  } = options
  let waiting: Task[] = []
  let thread: Worker | null = null
  /** Batches that the thread has, in order. */
  let given: (readonly Task[])[] = []
  /** A thread that ended by itself is not tried again: all is done here, only more slowly. */
  let isAlone = cores < 2
  let isClosed = false

  function flush(): void {
    const tasks = waiting
    waiting = []
    if (isAlone || isClosed || tasks.length < MANY) {
      for (const task of tasks) doHere(task)
      return
    }
    thread ??= start()
    for (let at = 0; at < tasks.length; at += AT_ONCE) send(thread, tasks.slice(at, at + AT_ONCE))
  }

  function send(to: Worker, tasks: readonly Task[]): void {
    const packed = packParts(tasks.map(({ plaintext }) => plaintext))
    const batch: EncryptionBatch = { keys: tasks.map(({ keys }) => keys), packed }
    given.push(tasks)
    to.postMessage(batch, [packed])
  }

  function start(): Worker {
    const made = new Worker(url, { name: 'ec-push-encryption' })
    made.on('message', (packed: ArrayBuffer) => {
      const tasks = given.shift() ?? []
      for (const [i, body] of unpackParts(packed).entries()) {
        const task = tasks[i]
        // What it could not do comes back empty, and fails here with its reason.
        if (!task) continue
        if (body.byteLength > 0) task.resolve(body)
        else doHere(task)
      }
    })
    made.on('error', error => log.error('the thread for push encryption failed', { error: error.message }))
    made.on('exit', leave)
    // It keeps no process alive that has nothing else to do.
    made.unref()
    return made
  }

  /** Whatever it still had is done here. */
  function leave(): void {
    thread = null
    isAlone = true
    const left = given.flat()
    given = []
    for (const task of left) doHere(task)
  }

  return {
    encrypt(plaintext, { p256dh, auth }) {
      return new Promise((resolve, reject) => {
        waiting.push({ plaintext, keys: { p256dh, auth }, resolve, reject })
        // All that comes in this turn goes together.
        if (waiting.length === 1) setImmediate(flush)
      })
    },
    close() {
      isClosed = true
      void thread?.terminate()
    },
  }
}

function doHere({ plaintext, keys, resolve, reject }: Task): void {
  try {
    resolve(encrypt(plaintext, keys))
  } catch (error) {
    reject(error)
  }
}
