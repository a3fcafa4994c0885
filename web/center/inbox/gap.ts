/** Places of the stream: something behind `after`, up to `upTo`, may be missing. */
export interface Missing {
  readonly after: number
  readonly upTo: number
}

/**
 * The place behind which events may be missing. The agent numbers everything and sends what goes to this channel; a
 * number that does not come belongs to an event of other channels, or to progress that was overtaken. Where the count of
 * what is unread proves that nothing is missing, nothing is read; else history is.
 */
export class Gap {
  #open: Missing | null = null
  #mustMend = false
  /** History was read up to here. */
  #readTo = 0

  /** What must be read of history; null when nothing is missing that matters. */
  get missing(): Missing | null {
    return this.#mustMend ? this.#open : null
  }

  /** Something was numbered between these places, and did not come. */
  open(after: number, upTo: number): void {
    this.#open = { after: this.#open?.after ?? after, upTo }
  }

  /** The count cannot tell whether what is missing matters: it may. */
  suspect(): void {
    if (this.#open !== null) this.#mustMend = true
  }

  /** The agent has told how much is unread at a place, and we are at `position`; `isSame`: we had the same number. */
  counted(at: number, position: number, isSame: boolean): void {
    if (!isSame && at > Math.max(position, this.#readTo)) this.open(position, at)
    // Numbers of two places prove nothing.
    if (!isSame || at > position) this.suspect()
    else if (!this.#mustMend && at >= (this.#open?.upTo ?? 0)) this.#open = null
  }

  /** History was read behind it, up to here. What was found missing meanwhile is still. */
  mended(upTo: number): void {
    this.#readTo = Math.max(this.#readTo, upTo)
    if (this.#open !== null && this.#open.upTo > upTo) this.#open = { after: upTo, upTo: this.#open.upTo }
    else this.clear(this.#readTo)
  }

  clear(readTo = 0): void {
    this.#open = null
    this.#mustMend = false
    this.#readTo = readTo
  }
}
