import type { Format } from './format.ts'
import type { Frame } from './frame.ts'

/** Numbered frames that go to several connections: encoded once for each format, however many take them. */
export class Chunk {
  readonly frames: readonly Frame[]
  readonly #epoch: string
  #encoded: { readonly format: Format; readonly bytes: Buffer }[] = []

  /** `frames` ascend by `seq` and are not empty. */
  constructor(frames: readonly Frame[], epoch: string) {
    this.frames = frames
    this.#epoch = epoch
  }

  get first(): number {
    return this.frames[0]?.seq ?? 0
  }

  get last(): number {
    return this.frames.at(-1)?.seq ?? 0
  }

  get chars(): number {
    return this.frames.reduce((sum, frame) => sum + frame.text.length, 0)
  }

  /** The same bytes for everybody: they are only read. */
  bytes(format: Format): Buffer {
    const known = this.#encoded.find(one => one.format === format)
    if (known !== undefined) return known.bytes
    const bytes = Buffer.from(format.encode(this.frames, this.#epoch))
    this.#encoded.push({ format, bytes })
    return bytes
  }

  /** What of it comes after `seq`; null when nothing does. */
  after(seq: number): Chunk | null {
    if (this.first > seq) return this
    const rest = this.frames.filter(frame => (frame.seq ?? 0) > seq)
    return rest.length === 0 ? null : new Chunk(rest, this.#epoch)
  }
}
