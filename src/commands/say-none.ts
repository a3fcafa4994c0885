import { nearest } from '../core/nearest.ts'
import { terminalLine } from '../core/terminal-text.ts'
import { PROVIDERS } from '../providers/index.ts'
import type { Output } from './context.ts'

/** Says that a list of `what` is empty, and why when it was asked of a provider that may be spelled wrong. */
export function sayNone(output: Output, what: string, provider: string | undefined): void {
  if (provider === undefined) return output.say(`no ${what}`)
  const guess = Object.hasOwn(PROVIDERS, provider) ? null : nearest(provider, Object.keys(PROVIDERS))
  output.say(`no ${what} of ${terminalLine(provider)}${guess === null ? '' : `; did you mean ${guess}?`}`)
}
