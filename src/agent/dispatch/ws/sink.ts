import type { Format } from './format.ts'

/** The near end of one connection, whatever carries it. Nothing here throws, also after the other side has gone. */
export interface Sink {
  readonly format: Format
  /** Whether the other side can speak, and so answer a ping. */
  readonly answers: boolean
  /** `done` is called once all of it, and all that was sent before, is in the hands of the system, or never will be. */
  send(data: Buffer | string, done?: () => void): void
  /** What was sent and still takes our memory. */
  bufferedBytes(): number
  /** Ends it in good order, after what was sent. */
  close(code: number, reason: string): void
  /** Ends it at once. */
  terminate(): void
}
