import type { Item } from '../center.ts'
import { answered } from './item.ts'

const MAX = 500

/** The options that won, by question: the stream tells that a question was answered, but not how. */
export class Answers {
  readonly #known = new Map<string, string | null>()

  /** `option`: null when it cannot be known any more. */
  know(question: string, option: string | null): void {
    this.#known.set(question, option)
    if (this.#known.size > MAX) this.#known.delete([...this.#known.keys()][0] ?? '')
  }

  /** The item with the answer to its question, as far as that is known. */
  fill(item: Item): Item {
    const option = this.#known.get(item.question?.id ?? '')
    if (item.question?.state !== 'answered' || option === undefined || option === item.question.answer) return item
    return { ...item, question: answered(item.question, option) }
  }

  /** A question that was answered somewhere else, of which nobody has asked yet how. */
  nextUnknown(items: Iterable<Item>): string | null {
    for (const { question } of items) {
      if (question?.state === 'answered' && question.answer === null && !this.#known.has(question.id)) {
        return question.id
      }
    }
    return null
  }

  clear(): void {
    this.#known.clear()
  }
}
