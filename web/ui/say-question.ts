import { cleanLine } from '../../src/core/clean-text.ts'
import { readQuestion } from '../../src/core/question.ts'
import type { Item } from '../center/center.ts'
import type { FirstWord } from '../words/first.ts'
import type { Say } from '../words/say.ts'

/** What stands under a question; `isOpen`: it can still be answered. */
export interface QuestionStatus {
  readonly isOpen: boolean
  readonly text: string
}

/**
 * Says how a question stands. `here`: whether it was open when it was put here, and the option that was taken here.
 * `now` in ms since 1970. Pure.
 */
export function sayQuestion(
  { event, question }: Item,
  here: { readonly wasOpen: boolean; readonly chosen: string | null },
  now: number,
  say: Say<FirstWord>,
  sayWhen: (at: number, now: number) => string,
): QuestionStatus {
  if (question === null) return { isOpen: false, text: '' }
  const read = readQuestion(event)
  const terms = read.ok ? read.terms : null
  const label = (id: string) => cleanLine(terms?.options.find(option => option.id === id)?.label ?? id, 200)
  switch (question.state) {
    case 'open': {
      const at = event.expires_at === undefined ? null : Date.parse(event.expires_at)
      if (at === null) return { isOpen: true, text: '' }
      if (at <= now) return { isOpen: false, text: say('expired') }
      const when = sayWhen(at, now)
      const option = terms?.defaultOption ?? null
      if (option === null) return { isOpen: true, text: say('expires', { when }) }
      return { isOpen: true, text: say('expiresDefault', { when, option: label(option) }) }
    }
    case 'answered': {
      const { answer } = question
      if (answer === null) return { isOpen: false, text: say('answeredPlain') }
      const isElsewhere = here.wasOpen && here.chosen !== answer
      return { isOpen: false, text: say(isElsewhere ? 'elsewhere' : 'answered', { option: label(answer) }) }
    }
    case 'expired':
      return { isOpen: false, text: say('expired') }
    case 'cancelled':
      return { isOpen: false, text: say('cancelled') }
    default:
      return question.state satisfies never
  }
}
