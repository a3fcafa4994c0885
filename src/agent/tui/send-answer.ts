import type { EcClient } from '../../client.ts'
import type { GivenAnswer, QuestionRow } from '../../client/questions.ts'
import { toEcError } from '../../core/errors.ts'
import { labelOf, tellEnd } from './question-text.ts'
import type { Toast } from './state.ts'
import { toToast } from './to-toast.ts'

export interface SentAnswer {
  readonly toast: Toast
  /** Whether the question has ended, by this answer or before it. If not, the same may be tried again. */
  readonly ended: boolean
}

/** Answers a question and says what came of it. Never rejects. */
export async function sendAnswer(
  questions: Pick<EcClient['questions'], 'get' | 'answer'>,
  { id, user }: QuestionRow,
  given: GivenAnswer,
): Promise<SentAnswer> {
  try {
    const question = await questions.answer(id, given, user)
    return { toast: { text: `answered: "${labelOf(question, given.option)}"`, level: 'info' }, ended: true }
  } catch (thrown) {
    const { code } = toEcError(thrown)
    if (code !== 'EC_CONFLICT' && code !== 'EC_QUESTION_CLOSED') return { toast: toToast(thrown), ended: false }
    // The refusal names the winner by its id; the question knows its label too.
    const question = await questions.get(id, user).catch(() => null)
    if (question === null || question.state === 'open') return { toast: toToast(thrown), ended: true }
    return { toast: { text: tellEnd(question), level: 'warn' }, ended: true }
  }
}
