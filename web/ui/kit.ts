import { cleanLine, cleanText } from '../../src/core/clean-text.ts'
import { readQuestion } from '../../src/core/question.ts'
import { readRow } from '../center/inbox/item.ts'
import type { NotificationCenter } from '../center/center.ts'
import { CenterError } from '../center/center-error.ts'
import type { PushDesk } from '../push/push-desk.ts'
import { FIRST, type FirstWord } from '../words/first.ts'
import type { Language } from '../words/language.ts'
import { createSay, type Say } from '../words/say.ts'
import { eventText } from './event-text.ts'
import { levelWord } from './event-toast.ts'
import { h } from './h.ts'
import { icon } from './icon.ts'
import { linkOf } from './link-of.ts'
import { createProgressBars } from './progress-bars.ts'
import { createSayWhen } from './say-when.ts'

/**
 * What the parts of the default UI are handed. What is loaded later (the panel) imports nothing but types of what is
 * loaded first, and finds the rest here: so one file has all of the first paint, and nothing is loaded twice.
 */
export interface Kit extends Readonly<typeof TOOLS> {
  readonly root: ShadowRoot
  readonly center: NotificationCenter
  /** Null on pages that have no push, and when it could not be loaded. */
  readonly desk: Promise<PushDesk | null>
  readonly lang: Language
  readonly say: Say<FirstWord>
  readonly sayWhen: (at: number, now: number) => string
  /** The option that was taken in this page, by question. */
  readonly taken: Map<string, string>
  /** Tells the person of something that did not work. */
  fail(error: unknown): void
  /** Does something that may not work, of which the person is told then. */
  attempt(deed: () => Promise<unknown>): void
  /** Tells something in passing, with something to press. */
  note(text: string, action?: NoteAction): void
}

export interface NoteAction {
  readonly label: string
  run(): void
}

const TOOLS = {
  h,
  icon,
  cleanLine,
  cleanText,
  linkOf,
  eventText,
  levelWord,
  readQuestion,
  createProgressBars,
  createSay,
  readRow,
  codeOf,
}

export function createKit(given: Pick<Kit, 'root' | 'center' | 'desk' | 'lang' | 'note'>): Kit {
  const say = createSay(given.lang, FIRST[given.lang])
  return {
    ...TOOLS,
    ...given,
    taken: new Map(),
    say,
    sayWhen: createSayWhen(given.lang),
    fail,
    attempt: deed => void deed().catch(fail),
  }

  function fail(error: unknown): void {
    const code = codeOf(error)
    if (code === 'EC_AGENT_UNREACHABLE') given.note(say('unreachable'))
    else given.note(code === 'EC_UNAUTHENTICATED' ? say('signedOut') : say('failed', { code }))
  }
}

/** What the agent calls what went wrong. */
function codeOf(error: unknown): string {
  return error instanceof CenterError ? error.code : 'EC_INTERNAL'
}
