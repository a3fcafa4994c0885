/** A field of a protocol buffer message: numbers as varints, the rest as bytes. */
export type Field = readonly [
  number: number,
  value: number | bigint | string | Uint8Array | { readonly fixed64: bigint },
]

/** As much of protocol buffers as a stand-in has to say. */
export function encodeMessage(fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === 'number' || typeof value === 'bigint') {
        return Buffer.concat([encodeVarint(number << 3), encodeVarint(value)])
      }
      if (typeof value === 'object' && 'fixed64' in value) {
        const bytes = Buffer.alloc(8)
        bytes.writeBigUInt64LE(value.fixed64)
        return Buffer.concat([encodeVarint((number << 3) | 1), bytes])
      }
      const bytes = Buffer.from(value)
      return Buffer.concat([encodeVarint((number << 3) | 2), encodeVarint(bytes.length), bytes])
    }),
  )
}

/** The fields that are texts or bytes, by their numbers. */
export function decodeTexts(message: Buffer): ReadonlyMap<number, readonly Buffer[]> {
  const found = new Map<number, Buffer[]>()
  let at = 0
  while (at < message.length) {
    const [tag, afterTag] = decodeVarint(message, at) ?? [0, message.length]
    at = afterTag
    const wire = tag & 7
    if (wire === 0) at = (decodeVarint(message, at) ?? [0, message.length])[1]
    else if (wire === 1) at += 8
    else if (wire === 5) at += 4
    else {
      const [length, start] = decodeVarint(message, at) ?? [0, message.length]
      const number = tag >> 3
      found.set(number, [...(found.get(number) ?? []), message.subarray(start, start + length)])
      at = start + length
    }
  }
  return found
}

export function encodeVarint(value: number | bigint): Buffer {
  const bytes: number[] = []
  let rest = BigInt(value)
  do {
    const more = rest >> 7n
    bytes.push(Number(rest & 127n) | (more > 0n ? 128 : 0))
    rest = more
  } while (rest > 0n)
  return Buffer.from(bytes)
}

/** The value and where the next begins; null when it is not all there yet. */
export function decodeVarint(bytes: Buffer, at: number): readonly [value: number, next: number] | null {
  let value = 0
  for (let i = 0; at + i < bytes.length; i++) {
    const byte = bytes[at + i] ?? 0
    value += (byte & 127) * 2 ** (7 * i)
    if (byte < 128) return [value, at + i + 1]
  }
  return null
}
