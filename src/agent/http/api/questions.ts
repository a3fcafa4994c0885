import type { Page, QuestionQuery, StoredQuestion } from '../../../backends/store.ts'
import type { Principal } from '../../../core/principal.ts'

export interface QuestionApi {
  list(principal: Principal, query: QuestionQuery): Promise<Page<StoredQuestion>>
  get(principal: Principal, id: string, userId: string | null): Promise<StoredQuestion>
  /**
   * Resolves as soon as the question has ended; as it stands after `ms`, when `signal` aborts, and when the agent is
   * about to stop.
   */
  wait(
    principal: Principal,
    id: string,
    userId: string | null,
    ms: number,
    signal: AbortSignal,
  ): Promise<StoredQuestion>
  /**
   * The first answer wins; the same answer again gets the same question back. `EC_CONFLICT` with the `winner` for
   * another, `EC_QUESTION_CLOSED` when it has expired or was withdrawn, `EC_FIELD_INVALID` for what is no answer to it.
   * `session` is told to other clients as the one who did it.
   */
  answer(
    principal: Principal,
    id: string,
    userId: string | null,
    given: { readonly option: string; readonly input: string | null },
    session: string | null,
  ): Promise<StoredQuestion>
  /** Withdraws an open question and its event. `EC_CONFLICT` with the `winner`, `EC_QUESTION_CLOSED` when it expired. */
  cancel(principal: Principal, id: string, userId: string | null): Promise<StoredQuestion>
}
