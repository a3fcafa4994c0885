import type { Language } from '../../shared/language.ts'
import type { CheckCode, Outcome } from '../check.ts'
import { EN, type Sentence, type Words } from './en.ts'
import { ES } from './es.ts'
import { RU } from './ru.ts'

export const WORDS: Readonly<Record<Language, Words>> = { en: EN, ru: RU, es: ES }

/** Facts that are instants, in ms since 1970. */
const INSTANTS: ReadonlySet<string> = new Set(['at', 'until'])
const DAY_MS = 86_400_000

/** What a person is told of an outcome. Facts may come from outside: the text is placed as text. */
export function tell({ state, facts = {} }: Outcome, language: Language, now: number): Sentence {
  const { says, does } = WORDS[language].states[state]
  const fill = (text: string): string => fillIn(text, name => sayFact(name, facts[name], language, now))
  return does === undefined ? { says: fill(says) } : { says: fill(says), does: fill(does) }
}

/** Puts values in the place of `{name}`. */
export function fillIn(text: string, value: (name: string) => string): string {
  return text.replace(/\{(\w+)\}/g, (_whole, name: string) => value(name))
}

function sayFact(name: string, value: string | number | undefined, language: Language, now: number): string {
  if (value === undefined) return '?'
  if (typeof value === 'number') return INSTANTS.has(name) ? sayInstant(value, language, now) : String(value)
  return isTitled(value, language) ? `«${WORDS[language].titles[value]}»` : value
}

function isTitled(text: string, language: Language): text is CheckCode {
  return text in WORDS[language].titles
}

/** The time of day, with the day where it is not at hand. */
function sayInstant(at: number, language: Language, now: number): string {
  const near = Math.abs(at - now) < DAY_MS
  return new Intl.DateTimeFormat(language, {
    ...(near ? {} : { dateStyle: 'medium' }),
    timeStyle: 'short',
  }).format(at)
}
