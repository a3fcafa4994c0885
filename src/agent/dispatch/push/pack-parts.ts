/**
 * Byte strings one after the other in one buffer, each behind its length (four bytes, big-endian): so that many go to a
 * thread by handing over one buffer, where each alone would be copied with whatever pool it stands in.
 */
export function packParts(parts: readonly Uint8Array[]): ArrayBuffer {
  const buffer = new ArrayBuffer(parts.reduce((sum, part) => sum + 4 + part.byteLength, 0))
  const [bytes, view] = [new Uint8Array(buffer), new DataView(buffer)]
  let at = 0
  for (const part of parts) {
    view.setUint32(at, part.byteLength)
    bytes.set(part, at + 4)
    at += 4 + part.byteLength
  }
  return buffer
}

/** What was packed, as views of the buffer. */
export function unpackParts(buffer: ArrayBuffer): readonly Uint8Array[] {
  const view = new DataView(buffer)
  const parts: Uint8Array[] = []
  for (let at = 0; at < buffer.byteLength;) {
    const length = view.getUint32(at)
    parts.push(new Uint8Array(buffer, at + 4, length))
    at += 4 + length
  }
  return parts
}
