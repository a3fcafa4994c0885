import type { Output } from './context.ts'

/** Tells a person that a list goes on, and how. */
export function sayNext(output: Output, next: string | null): void {
  if (next !== null) output.say(`there is more: --after ${next}`)
}
