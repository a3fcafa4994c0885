import { cleanLine, cleanText } from '../../src/core/clean-text.ts'
import { readQuestion } from '../../src/core/question.ts'
import type { NotificationCenter } from '../center/center.ts'
import { CenterError } from '../center/center-error.ts'
import { readRow } from '../center/item.ts'
import type { PushDesk } from '../push/push-desk.ts'
import { FIRST, type FirstWord } from '../words/first.ts'
import type { Language } from '../words/language.ts'
import { createSay, type Say } from '../words/say.ts'
import { h } from './h.ts'
import { icon } from './icon.ts'
import { linkOf } from './link-of.ts'
import { createSayWhen } from './say-when.ts'

/**
 * What the parts of the default UI are handed. What is loaded later (the panel) imports nothing but types of what is
 * loaded first, and finds the rest here: so the first file has all of the first paint, and nothing is loaded twice.
 */
export interface Kit extends Readonly<typeof TOOLS> {
  readonly center: NotificationCenter
  /** Null on pages that have no push. */
  readonly desk: PushDesk | null
  readonly lang: Language
  readonly say: Say<FirstWord>
  readonly sayWhen: (at: number, now: number) => string
  /** Tells the person of something that did not work. */
  fail(error: unknown): void
  /** Tells something in passing. */
  note(text: string): void
}

const TOOLS = { h, icon, cleanLine, cleanText, linkOf, createSay, readQuestion, readRow }

export function createKit(given: Pick<Kit, 'center' | 'desk' | 'lang' | 'note'>): Kit {
  const say = createSay(given.lang, FIRST[given.lang])
  return {
    ...TOOLS,
    ...given,
    say,
    sayWhen: createSayWhen(given.lang),
    fail(error) {
      const code = error instanceof CenterError ? error.code : 'EC_INTERNAL'
      if (code === 'EC_AGENT_UNREACHABLE') given.note(say('unreachable'))
      else given.note(code === 'EC_UNAUTHENTICATED' ? say('signedOut') : say('failed', { code }))
    },
  }
}
