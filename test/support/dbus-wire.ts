/** As much of the D-Bus wire format as a desktop's notification service needs, little-endian. */
export type DbusValue = string | number | boolean | readonly DbusValue[] | Variant

/** A value that brings its type along. */
export interface Variant {
  readonly signature: string
  readonly value: DbusValue
}

export interface DbusMessage {
  /** 1 call, 2 answer, 3 error, 4 signal. */
  readonly type: number
  readonly flags: number
  readonly serial: number
  readonly path: string
  readonly interface: string
  readonly member: string
  readonly replySerial: number
  readonly body: readonly DbusValue[]
}

export interface Outgoing {
  readonly type: number
  readonly serial: number
  readonly path?: string
  readonly interface?: string
  readonly member?: string
  readonly errorName?: string
  readonly replySerial?: number
  readonly sender: string
  readonly destination: string
  readonly signature?: string
  readonly body?: readonly DbusValue[]
}

const ALIGN: Readonly<Record<string, number>> = {
  y: 1,
  g: 1,
  v: 1,
  n: 2,
  q: 2,
  i: 4,
  u: 4,
  b: 4,
  s: 4,
  o: 4,
  a: 4,
  h: 4,
}

export function encodeDbus(message: Outgoing): Buffer {
  const body = new Writer()
  const { signature = '' } = message
  for (const [i, type] of splitSignature(signature).entries()) body.write(type, message.body?.[i] ?? '')
  const fields: readonly (readonly [number, string, DbusValue | undefined])[] = [
    [1, 'o', message.path],
    [2, 's', message.interface],
    [3, 's', message.member],
    [4, 's', message.errorName],
    [5, 'u', message.replySerial],
    [6, 's', message.destination],
    [7, 's', message.sender],
    [8, 'g', signature === '' ? undefined : signature],
  ]
  const given = fields.flatMap(([code, type, value]) =>
    value === undefined ? [] : [[code, { signature: type, value }] as const],
  )
  const header = new Writer()
  header.bytes([108, message.type, 0, 1])
  header.write('u', body.length)
  header.write('u', message.serial)
  header.write('a(yv)', given)
  header.pad(8)
  return Buffer.concat([header.take(), body.take()])
}

/** The first message of the bytes and how long it was; null when it is not all there yet. */
export function decodeDbus(bytes: Buffer): readonly [message: DbusMessage, length: number] | null {
  if (bytes.length < 16) return null
  const fieldsEnd = 16 + bytes.readUInt32LE(12)
  const bodyStart = Math.ceil(fieldsEnd / 8) * 8
  const end = bodyStart + bytes.readUInt32LE(4)
  if (bytes.length < end) return null
  const fields = new Map<number, DbusValue>()
  const header = new Reader(bytes.subarray(0, fieldsEnd), 12)
  for (const field of list(header.read('a(yv)'))) {
    const [code, variant] = list(field)
    if (typeof code === 'number' && isVariant(variant)) fields.set(code, variant.value)
  }
  const body = new Reader(bytes.subarray(bodyStart, end), 0)
  const text = (code: number): string => String(fields.get(code) ?? '')
  const message = {
    type: bytes.readUInt8(1),
    flags: bytes.readUInt8(2),
    serial: bytes.readUInt32LE(8),
    path: text(1),
    interface: text(2),
    member: text(3),
    replySerial: Number(fields.get(5) ?? 0),
    body: splitSignature(text(8)).map(type => body.read(type)),
  }
  return [message, end]
}

export function list(value: DbusValue | undefined): readonly DbusValue[] {
  return Array.isArray(value) ? value : []
}

export function isVariant(value: DbusValue | undefined): value is Variant {
  return typeof value === 'object' && !Array.isArray(value)
}

/** `sa{sv}u` -> `s`, `a{sv}`, `u`. */
function splitSignature(signature: string): readonly string[] {
  const types: string[] = []
  for (let at = 0; at < signature.length;) {
    const end = endOfType(signature, at)
    types.push(signature.slice(at, end))
    at = end
  }
  return types
}

function endOfType(signature: string, at: number): number {
  const first = signature[at] ?? ''
  if (first === 'a') return endOfType(signature, at + 1)
  if (first !== '(' && first !== '{') return at + 1
  let end = at + 1
  while (signature[end] !== ')' && signature[end] !== '}') end = endOfType(signature, end)
  return end + 1
}

function alignOf(type: string): number {
  return ALIGN[type[0] ?? ''] ?? 8
}

class Reader {
  #at: number
  readonly #bytes: Buffer

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  read(type: string): DbusValue {
    this.#at = Math.ceil(this.#at / alignOf(type)) * alignOf(type)
    const at = this.#at
    switch (type[0]) {
      case 'y':
        return this.#step(1, this.#bytes.readUInt8(at))
      case 'b':
        return this.#step(4, this.#bytes.readUInt32LE(at) === 1)
      case 'n':
      case 'q':
        return this.#step(2, this.#bytes.readUInt16LE(at))
      case 'i':
        return this.#step(4, this.#bytes.readInt32LE(at))
      case 'u':
      case 'h':
        return this.#step(4, this.#bytes.readUInt32LE(at))
      case 'x':
      case 't':
        return this.#step(8, Number(this.#bytes.readBigInt64LE(at)))
      case 'd':
        return this.#step(8, this.#bytes.readDoubleLE(at))
      case 's':
      case 'o':
        return this.#text(4, this.#bytes.readUInt32LE(at))
      case 'g':
        return this.#text(1, this.#bytes.readUInt8(at))
      case 'v': {
        const signature = String(this.read('g'))
        return { signature, value: this.read(signature) }
      }
      case 'a': {
        const end = this.#bytes.readUInt32LE(at)
        const inner = type.slice(1)
        this.#at = Math.ceil((at + 4) / alignOf(inner)) * alignOf(inner)
        const stop = this.#at + end
        const items: DbusValue[] = []
        while (this.#at < stop) items.push(this.read(inner))
        return items
      }
      default:
        return splitSignature(type.slice(1, -1)).map(part => this.read(part))
    }
  }

  #step<T extends DbusValue>(bytes: number, value: T): T {
    this.#at += bytes
    return value
  }

  #text(prefix: number, length: number): string {
    const start = this.#at + prefix
    this.#at = start + length + 1
    return this.#bytes.toString('utf8', start, start + length)
  }
}

class Writer {
  #buffer = Buffer.alloc(0)

  get length(): number {
    return this.#buffer.length
  }

  take(): Buffer {
    return this.#buffer
  }

  bytes(bytes: readonly number[] | Uint8Array): void {
    this.#buffer = Buffer.concat([this.#buffer, Buffer.from(bytes)])
  }

  pad(to: number): void {
    this.bytes(Array<number>((to - (this.length % to)) % to).fill(0))
  }

  write(type: string, value: DbusValue): void {
    this.pad(alignOf(type))
    switch (type[0]) {
      case 'y':
        return this.bytes([Number(value)])
      case 'b':
      case 'u':
        return this.#uint(Number(value))
      case 's':
      case 'o':
        this.#uint(Buffer.byteLength(String(value)))
        return this.bytes(Buffer.from(`${String(value)}\0`))
      case 'g':
        return this.bytes(Buffer.from(`${String.fromCharCode(String(value).length)}${String(value)}\0`))
      case 'v':
        if (!isVariant(value)) throw new Error('a variant brings its type along')
        this.write('g', value.signature)
        return this.write(value.signature, value.value)
      case 'a':
        return this.#array(type.slice(1), list(value))
      case '(':
        for (const [i, part] of splitSignature(type.slice(1, -1)).entries()) this.write(part, list(value)[i] ?? '')
        return
      default:
        throw new Error(`nobody writes ${type} here`)
    }
  }

  #array(inner: string, items: readonly DbusValue[]): void {
    const start = this.length
    this.#uint(0)
    this.pad(alignOf(inner))
    const first = this.length
    for (const item of items) this.write(inner, item)
    this.#buffer.writeUInt32LE(this.length - first, start)
  }

  #uint(value: number): void {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32LE(value)
    this.bytes(bytes)
  }
}
