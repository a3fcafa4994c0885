import type { QuestionTerms } from '../../../src/core/question.ts'
import type { Item } from '../../center/center.ts'
import type { LaterWord } from '../../words/later.ts'
import type { Say } from '../../words/say.ts'

/** What stands under a question; `isOpen`: it can still be answered. */
export interface QuestionStatus {
  readonly isOpen: boolean
  readonly text: string
}

/** What a question asks, and what is known of it here. */
export interface Asked {
  readonly terms: QuestionTerms | null
  readonly wasOpen: boolean
  /** The option that was taken here. */
  readonly chosen: string | null
}

/** Says how a question stands. `now` in ms since 1970. Pure. */
export function sayQuestion(
  { event, question }: Item,
  { terms, wasOpen, chosen }: Asked,
  now: number,
  tell: Say<LaterWord>,
  sayWhen: (at: number, now: number) => string,
): QuestionStatus {
  if (question === null) return { isOpen: false, text: '' }
  const label = (id: string) => terms?.options.find(option => option.id === id)?.label ?? id
  switch (question.state) {
    case 'open': {
      const at = event.expires_at === undefined ? null : Date.parse(event.expires_at)
      if (at === null) return { isOpen: true, text: '' }
      if (at <= now) return { isOpen: false, text: tell('expired') }
      const when = sayWhen(at, now)
      const option = terms?.defaultOption ?? null
      if (option === null) return { isOpen: true, text: tell('expires', { when }) }
      return { isOpen: true, text: tell('expiresDefault', { when, option: label(option) }) }
    }
    case 'answered': {
      const { answer } = question
      if (answer === null) return { isOpen: false, text: tell('answeredPlain') }
      const isElsewhere = wasOpen && chosen !== answer
      return { isOpen: false, text: tell(isElsewhere ? 'elsewhere' : 'answered', { option: label(answer) }) }
    }
    case 'expired':
      return { isOpen: false, text: tell('expired') }
    case 'cancelled':
      return { isOpen: false, text: tell('cancelled') }
    default:
      return question.state satisfies never
  }
}
