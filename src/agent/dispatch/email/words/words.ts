import { EN } from './en.ts'
import { ES } from './es.ts'
import type { Language } from './language.ts'
import { RU } from './ru.ts'

/** What one kind of mail is called, and the sentence that leads to what its event says. */
export interface Kind {
  readonly label: string
  readonly lead: string | null
}

/** All that mail and its pages say in one language. */
export interface Words {
  /** Services as people call them, by `service`; one that is not here is called as it calls itself. */
  readonly services: Readonly<Record<string, string>>
  /** By the names of `namesOf`: the closest one that is there counts; `default` always is. */
  readonly kinds: Readonly<Record<string, Kind>> & { readonly default: Kind }
  readonly facts: { readonly due: string; readonly answerBy: string; readonly took: string; readonly from: string }
  /** Before the options of a question; by the plural category of their number. */
  readonly choices: Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string }
  readonly whereToAnswer: string
  /** Why this person gets the mail; null = no service is named. */
  readonly why: (service: string | null) => string
  readonly stopMails: string
  readonly mailSettings: string
  readonly pages: PageWords
  readonly test: { readonly title: string; readonly body: string }
}

export interface PageWords {
  readonly answer: string
  readonly writeHere: string
  readonly optional: string
  readonly answered: (option: string) => string
  readonly thanks: (option: string) => string
  readonly byOperator: string
  readonly byDefault: string
  readonly expired: string
  readonly cancelled: string
  readonly goneTitle: string
  readonly gone: string
  readonly tooLate: string
  readonly fault: string
  readonly failedTitle: string
  readonly failed: string
  readonly stopTitle: string
  readonly stopOne: (kind: string) => string
  readonly stopAll: string
  readonly stoppedOne: (kind: string) => string
  readonly stoppedAll: string
  readonly stillComes: string
  readonly closeIt: string
}

/** The one table of words: every language has every one of them. */
export const WORDS: Readonly<Record<Language, Words>> = { en: EN, ru: RU, es: ES }
