import type { Store, StoredQuestion } from '../../backends/store.ts'
import { findOwned } from '../../core/access.ts'
import type { Principal } from '../../core/principal.ts'

const WORDS = {
  one: 'question',
  withArticle: 'a question',
  hint: 'list what there is with `ec questions list`',
} as const

/** The one question that `id` names for whoever asks. `EC_NOT_FOUND`, `EC_AMBIGUOUS`: see `findOwned`. */
export function findQuestion(
  store: Pick<Store, 'getQuestions'>,
  principal: Principal,
  id: string,
  userId: string | null,
): Promise<StoredQuestion> {
  return findOwned(principal, userId, owner => store.getQuestions(id, owner), WORDS)
}
