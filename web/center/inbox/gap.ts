/**
 * The place behind which events may be missing. The agent numbers everything and sends what goes to this channel; a
 * number that does not come belongs to an event of other channels, or to progress that was overtaken. What came while
 * nobody was connected is read from history in any case, what happens now only when the count says that it matters.
 */
export class Gap {
  #from: number | null = null
  #mustMend = false

  /** The place behind which history must be read; null when nothing is missing that matters. */
  get mendFrom(): number | null {
    return this.#mustMend ? this.#from : null
  }

  /** Something was numbered behind this place, and did not come. */
  open(after: number): void {
    this.#from ??= after
  }

  /** All of the past was told. */
  live(): void {
    this.#mustMend = this.#from !== null
  }

  /** The agent has told how much is unread, and that was so here, or not. */
  counted(isSame: boolean): void {
    if (this.#from !== null && !isSame) this.#mustMend = true
    else if (!this.#mustMend) this.#from = null
  }

  close(): void {
    this.#from = null
    this.#mustMend = false
  }
}
