import type { IncomingMessage } from 'node:http'
import { EcError } from '../../core/errors.ts'
import type { Arriving, MemoryAccount } from './memory-account.ts'

/** A request's body, in memory until it is released. */
export interface Body {
  readonly bytes: Buffer
  /** Gives the memory back to its account; idempotent. */
  release(): void
}

/** What a request costs beside its bytes: sockets, headers, promises. Bounds empty requests in hand too. */
const OVERHEAD_BYTES = 1024
/** Up to here the declared length is believed; beyond it memory is taken as bytes arrive. */
const TRUSTED_LENGTH = 64 * 1024
const RETRY_AFTER_MS = 2_000

/**
 * Reads a whole body, at most `maxBytes`. Null when the sender went away. Refuses with `EC_BODY_TOO_LARGE` (at once when
 * the declared length says so) and with `EC_OVERLOADED` when the account has no room. Many small chunks cost no more
 * than their bytes: from the second on they are copied into one growing buffer.
 */
export function readBody(request: IncomingMessage, maxBytes: number, account: MemoryAccount): Promise<Body | null> {
  const declared = declaredLength(request)
  if (request.destroyed) return Promise.resolve(null)
  if (declared !== null && declared > maxBytes) return Promise.reject(tooLarge(maxBytes))
  if (!account.reserve(OVERHEAD_BYTES)) return Promise.reject(overloaded())
  if (declared === 0) return Promise.resolve(new HeldBody(EMPTY, OVERHEAD_BYTES, account))
  if (request.readableLength === declared) return takeWhole(request, account)
  return new Promise((resolve, reject) => {
    new Reading(request, declared, maxBytes, account, resolve, reject).start()
  })
}

/** The length that the sender declared; null for a chunked body. */
export function declaredLength(request: IncomingMessage): number | null {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  if (length !== undefined) return Number(length)
  return encoding === undefined ? 0 : null
}

/** A body that came along with its head is there already, and need not be waited for. */
function takeWhole(request: IncomingMessage, account: MemoryAccount): Promise<Body> {
  const bytes: unknown = request.read()
  // On to its end, after which nothing is kept of it.
  request.resume()
  if (Buffer.isBuffer(bytes) && account.reserve(bytes.length)) {
    return Promise.resolve(new HeldBody(bytes, OVERHEAD_BYTES + bytes.length, account))
  }
  account.release(OVERHEAD_BYTES)
  return Promise.reject(overloaded())
}

const EMPTY = Buffer.alloc(0)

class HeldBody implements Body {
  readonly bytes: Buffer
  readonly #account: MemoryAccount
  #charged: number

  constructor(bytes: Buffer, charged: number, account: MemoryAccount) {
    this.bytes = bytes
    this.#charged = charged
    this.#account = account
  }

  release(): void {
    this.#account.release(this.#charged)
    this.#charged = 0
  }
}

class Reading implements Arriving {
  since = 0
  readonly #request: IncomingMessage
  readonly #declared: number | null
  readonly #maxBytes: number
  readonly #account: MemoryAccount
  readonly #resolve: (body: Body | null) => void
  readonly #reject: (error: EcError) => void
  /** The first chunk as it came, or from the second on a buffer with room for more. */
  #buffer: Buffer = EMPTY
  #length = 0
  #charged = OVERHEAD_BYTES
  #tracked = false
  /** Listeners stay; taking them off costs more than the request they would outlive. */
  #ended = false

  constructor(
    request: IncomingMessage,
    declared: number | null,
    maxBytes: number,
    account: MemoryAccount,
    resolve: (body: Body | null) => void,
    reject: (error: EcError) => void,
  ) {
    this.#request = request
    this.#declared = declared
    this.#maxBytes = maxBytes
    this.#account = account
    this.#resolve = resolve
    this.#reject = reject
  }

  start(): void {
    this.#request.on('data', this.#onData)
    this.#request.on('end', this.#onEnd)
    this.#request.on('close', this.#onClose)
  }

  evict(): void {
    this.#fail(overloaded())
  }

  readonly #onData = (chunk: Buffer): void => {
    // What still comes after a refusal is read and dropped.
    if (this.#ended) return
    const length = this.#length + chunk.length
    if (length > this.#maxBytes) return this.#fail(tooLarge(this.#maxBytes))
    if (this.#length === 0) {
      if (!this.#charge(chunk.length)) return this.#fail(overloaded())
      this.#buffer = chunk
      if (length !== this.#declared) this.#track()
    } else {
      if (length > this.#buffer.length && !this.#grow(length)) return this.#fail(overloaded())
      chunk.copy(this.#buffer, this.#length)
    }
    this.#length = length
  }

  readonly #onEnd = (): void => {
    if (this.#ended) return
    this.#finish()
    const bytes = this.#length === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.#length)
    this.#resolve(new HeldBody(bytes, this.#charged, this.#account))
  }

  readonly #onClose = (): void => {
    if (this.#ended) return
    this.#finish()
    this.#giveBack()
    this.#resolve(null)
  }

  /** Doubles, so that copying stays linear; never beyond what may come at most. */
  #grow(needed: number): boolean {
    const most = this.#declared ?? this.#maxBytes
    const capacity =
      most <= TRUSTED_LENGTH && this.#declared !== null
        ? most
        : Math.min(most, Math.max(needed, this.#buffer.length * 2))
    if (!this.#charge(capacity)) return false
    const grown = Buffer.allocUnsafeSlow(capacity)
    this.#buffer.copy(grown, 0, 0, this.#length)
    // Both live until here, and the old one is garbage from here.
    this.#refund(this.#buffer.length)
    this.#buffer = grown
    return true
  }

  #charge(bytes: number): boolean {
    if (!this.#account.reserve(bytes, this)) return false
    this.#charged += bytes
    return true
  }

  #refund(bytes: number): void {
    this.#charged -= bytes
    this.#account.release(bytes)
  }

  #track(): void {
    this.#tracked = true
    this.since = this.#account.now()
    this.#account.track(this)
  }

  #fail(error: EcError): void {
    this.#finish()
    this.#giveBack()
    this.#reject(error)
  }

  #giveBack(): void {
    this.#buffer = EMPTY
    this.#refund(this.#charged)
  }

  #finish(): void {
    this.#ended = true
    if (this.#tracked) this.#account.untrack(this)
  }
}

function tooLarge(maxBytes: number): EcError {
  return new EcError('EC_BODY_TOO_LARGE', `this door takes at most ${maxBytes} bytes at once`)
}

function overloaded(): EcError {
  return new EcError('EC_OVERLOADED', 'too many requests are being received at once', { retryAfterMs: RETRY_AFTER_MS })
}
