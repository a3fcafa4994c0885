import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { openBackend } from '#ec/backends/index.js'
import type { Backend } from '#ec/backends/backend.js'
import { createIds } from '#ec/core/ids.js'
import { silentLog, type Log } from '#ec/core/log.js'
import { createSeal } from '#ec/core/seal.js'
import { onTestFinished } from 'vitest'
import { FakeClock } from './fake-clock.ts'
import { tempDir } from './temp-dir.ts'

export interface EmbeddedBackendOptions {
  readonly dir?: string
  readonly clock?: FakeClock
  readonly masterKey?: Uint8Array
  readonly log?: Log
}

/** The embedded backend on a real file in a folder of its own; it is closed with the test. */
export class EmbeddedBackend {
  readonly clock: FakeClock
  readonly masterKey: Uint8Array
  readonly log: Log
  readonly #root: string
  #dir: string
  #backend: Backend
  #crashes = 0

  private constructor(options: Required<EmbeddedBackendOptions>, backend: Backend) {
    this.clock = options.clock
    this.masterKey = options.masterKey
    this.log = options.log
    this.#root = options.dir
    this.#dir = options.dir
    this.#backend = backend
  }

  static async open(options: EmbeddedBackendOptions = {}): Promise<EmbeddedBackend> {
    const all = {
      dir: options.dir ?? tempDir(),
      clock: options.clock ?? new FakeClock(),
      masterKey: options.masterKey ?? randomBytes(32),
      log: options.log ?? silentLog,
    }
    const opened = new EmbeddedBackend(all, await openEmbedded(all))
    onTestFinished(() => opened.#backend.close())
    return opened
  }

  get backend(): Backend {
    return this.#backend
  }

  get store(): Backend['store'] {
    return this.#backend.store
  }

  get dir(): string {
    return this.#dir
  }

  get file(): string {
    return join(this.#dir, 'ec.db')
  }

  /** Closes it and opens it again, as an agent that was stopped and started. */
  async reopen(): Promise<void> {
    await this.#backend.close()
    this.#backend = await openEmbedded({ ...this, dir: this.#dir })
  }

  /** Goes on with what the disk holds at this moment, as after `kill -9`. Nothing may be under way. */
  async crash(): Promise<void> {
    const left = this.file
    // Beside each other: SQLite opens no path of more than 512 characters.
    this.#dir = join(this.#root, `crash-${++this.#crashes}`)
    mkdirSync(this.#dir)
    for (const suffix of ['', '-wal']) if (existsSync(left + suffix)) copyFileSync(left + suffix, this.file + suffix)
    await this.#backend.close()
    this.#backend = await openEmbedded({ ...this, dir: this.#dir })
  }

  /** All that lies in the files of the store. */
  rawBytes(): Buffer {
    const files = ['', '-wal'].map(suffix => this.file + suffix).filter(file => existsSync(file))
    return Buffer.concat(files.map(file => readFileSync(file)))
  }
}

function openEmbedded({ dir, clock, masterKey, log }: Required<EmbeddedBackendOptions>): Promise<Backend> {
  return openBackend(pathToFileURL(join(dir, 'ec.db')).href, {
    clock,
    ids: createIds(clock, randomBytes),
    log,
    seal: createSeal(masterKey),
    random: Math.random,
  })
}
