import type { GivenAnswer, QuestionRow } from '../../client/questions.ts'

/** How far a person has come with an open question that he looks at. */
export interface Answering {
  readonly question: QuestionRow
  /** The place of the option that he stands on. */
  readonly choice: number
  /** `write`: the text that the option takes; `confirm`: one more Enter answers; `send`: the agent has not said yet. */
  readonly step: 'choose' | 'write' | 'confirm' | 'send'
  /** As typed; kept as long as the detail is open. */
  readonly text: string
}

export type Option = QuestionRow['options'][number]

/** An id is unique among the questions of its user. */
export function isSame(a: QuestionRow, b: QuestionRow): boolean {
  return a.id === b.id && a.user === b.user
}

/** What is known of a question anew, without losing what the person has begun; null once there is nothing to answer. */
export function follow(before: Answering | null, question: QuestionRow | null): Answering | null {
  if (question?.state !== 'open' || question.options.length === 0) return null
  return before === null ? { question, choice: 0, step: 'choose', text: '' } : { ...before, question }
}

export function chosen({ question, choice }: Answering): Option | null {
  return question.options[choice] ?? null
}

/** On another option nothing is written yet. */
export function choose(answering: Answering, choice: number): Answering {
  return { ...answering, choice, text: choice === answering.choice ? answering.text : '' }
}

/** The next step after an option was taken. */
export function take(answering: Answering): Answering {
  return { ...answering, step: chosen(answering)?.input === undefined ? 'confirm' : 'write' }
}

/** Null from the first step: there the whole detail is left. */
export function stepBack(answering: Answering): Answering | null {
  switch (answering.step) {
    case 'confirm':
      return { ...answering, step: chosen(answering)?.input === undefined ? 'choose' : 'write' }
    case 'write':
      return { ...answering, step: 'choose' }
    case 'choose':
    case 'send':
      return null
    default:
      return answering.step satisfies never
  }
}

/** With more text, as much of it as the option takes; control characters are left out. */
export function write(answering: Answering, more: string): Answering {
  const max = chosen(answering)?.input?.max ?? 0
  let { text } = answering
  for (const character of more.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')) {
    if (text.length + character.length > max) break
    text += character
  }
  return { ...answering, text }
}

/** Null where nothing is written, or there is room for more; else how many characters the option takes. */
export function fullAt(answering: Answering): number | null {
  const max = chosen(answering)?.input?.max
  return max !== undefined && answering.text.length >= max ? max : null
}

export function erase(answering: Answering, what: 'last' | 'all'): Answering {
  return { ...answering, text: what === 'all' ? '' : [...answering.text].slice(0, -1).join('') }
}

/** Whether the option asks for a text that is not there. */
export function lacksText(answering: Answering): boolean {
  return chosen(answering)?.input?.required === true && answering.text.trim() === ''
}

/** The answer as it goes to the agent. */
export function answerOf(answering: Answering): GivenAnswer | null {
  const option = chosen(answering)
  if (option === null) return null
  const text = answering.text.trim()
  return option.input === undefined || text === '' ? { option: option.id } : { option: option.id, input: text }
}
