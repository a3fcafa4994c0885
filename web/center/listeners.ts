/** Calls every listener; one that throws hinders no other, and is told of as any error of the page. */
export class Listeners<Arguments extends readonly unknown[], Result = void> {
  readonly #all = new Set<(...args: Arguments) => Result>()

  get isEmpty(): boolean {
    return this.#all.size === 0
  }

  /** Returns how to stop. The same function may listen twice. */
  add(listener: (...args: Arguments) => Result): () => void {
    const own = (...args: Arguments) => listener(...args)
    this.#all.add(own)
    return () => void this.#all.delete(own)
  }

  /** What each of them answered. */
  call(...args: Arguments): readonly Result[] {
    return [...this.#all].flatMap(listener => {
      try {
        return [listener(...args)]
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
        return []
      }
    })
  }

  clear(): void {
    this.#all.clear()
  }
}
