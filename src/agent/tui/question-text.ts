import type { QuestionRow } from '../../client/questions.ts'
import { formatLocalTime } from '../../core/local-time.ts'
import { terminalLine } from '../../core/terminal-text.ts'

/** Words of an asker for an option that is hard to take back. */
const DESTRUCTIVE = /danger|destruct|delete|warn/i

export function isDestructive(style: string | undefined): boolean {
  return style !== undefined && DESTRUCTIVE.test(style)
}

/** An option as a person knows it; clean. */
export function labelOf({ options }: Pick<QuestionRow, 'options'>, id: string): string {
  return terminalLine(options.find(option => option.id === id)?.label ?? id)
}

/** How a question ended, for somebody who was about to answer it; clean. */
export function tellEnd(question: QuestionRow): string {
  const { answer, state, user } = question
  if (answer === null) {
    if (state === 'open') return 'the question is still open'
    return state === 'cancelled' ? 'the question was withdrawn' : 'the question has expired, nobody answered in time'
  }
  const what = `"${labelOf(question, answer.option)}"${answer.input === null ? '' : `: ${terminalLine(answer.input)}`}`
  if (answer.by === 'default') return `the time was up, and the default counts: ${what}`
  const who = answer.by === 'user' ? terminalLine(user) : 'an operator'
  return `already answered by ${who} with ${what}`
}

/** Where a question stands: fields of its detail. */
export function questionFields(question: QuestionRow): Readonly<Record<string, unknown>> {
  const { id, state, answer, expires_at: expires, default_option: byDefault } = question
  return {
    id,
    state,
    deadline: expires === null ? 'none' : formatLocalTime(expires),
    default: byDefault === null ? undefined : labelOf(question, byDefault),
    answer: answer === null ? undefined : labelOf(question, answer.option),
    text: answer?.input ?? undefined,
    by: answer === null ? undefined : answer.by === 'user' ? question.user : answer.by,
    answered_at: answer === null ? undefined : formatLocalTime(answer.at),
  }
}
