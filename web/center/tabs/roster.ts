import { lastUsed, sightOf, type Look, type Sight } from './look.ts'

export interface RosterOptions {
  /** Calls `gone` when a tab has ended; returns how not to. */
  readonly onEnd: (tab: string, gone: () => void) => () => void
  /** `isReturn`: a tab is seen that was not. */
  readonly changed: (isReturn: boolean) => void
}

/** How all tabs of the browser look, as their leader knows it. */
export class Roster {
  readonly #options: RosterOptions
  readonly #looks = new Map<string, Look>()
  readonly #ends = new Map<string, () => void>()

  constructor(options: RosterOptions) {
    this.#options = options
  }

  get sight(): Sight {
    return sightOf([...this.#looks.values()])
  }

  /** The tab that is to announce what happens; null when none is known. */
  get announcer(): string | null {
    return lastUsed([...this.#looks.values()])?.tab ?? null
  }

  /** Notes how a tab looks. The leader's own needs no watching. */
  note(look: Look, isOwn = false): void {
    const isReturn = look.visible && this.#looks.get(look.tab)?.visible !== true
    this.#looks.set(look.tab, look)
    if (!isOwn && !this.#ends.has(look.tab)) {
      this.#ends.set(
        look.tab,
        this.#options.onEnd(look.tab, () => this.forget(look.tab)),
      )
    }
    this.#options.changed(isReturn)
  }

  forget(tab: string): void {
    this.#ends.get(tab)?.()
    this.#ends.delete(tab)
    if (this.#looks.delete(tab)) this.#options.changed(false)
  }

  clear(): void {
    for (const end of this.#ends.values()) end()
    this.#ends.clear()
    this.#looks.clear()
  }
}
