import type { QuestionQuery, Store, StoredQuestion } from '../../backends/store.ts'
import { EcError } from '../../core/errors.ts'
import type { Principal } from '../../core/principal.ts'

/**
 * The one question that `id` names for whoever asks. What is another's does not exist for him: `EC_NOT_FOUND` says the
 * same of both. `EC_AMBIGUOUS` when several users have a question of this id and none was named.
 */
export async function findQuestion(
  store: Pick<Store, 'getQuestions'>,
  principal: Principal,
  id: string,
  userId: string | null,
): Promise<StoredQuestion> {
  const owner = principal.kind === 'user' ? principal.userId : userId
  const named = await store.getQuestions(id, owner ?? undefined)
  const found = named.filter(
    question => (userId ?? question.userId) === question.userId && isVisible(principal, question),
  )
  const [question] = found
  if (question === undefined) {
    throw new EcError('EC_NOT_FOUND', 'no such question', { hint: 'list what there is with GET /api/questions' })
  }
  if (found.length > 1) {
    throw new EcError('EC_AMBIGUOUS', `${found.length} users have a question with this id`, {
      hint: 'say whose with `user`',
    })
  }
  return question
}

/** Refuses a service key that may emit but not read; everyone else reads what he may see. */
export function requireReading(principal: Principal): void {
  if (principal.kind !== 'service' || principal.key.scopes.includes('read')) return
  throw forbidden('the key has no scope `read`', 'make a key with `ec keys create --scope emit,read`')
}

/** Narrows a query to what the principal may see. */
export function narrow(principal: Principal, query: QuestionQuery): QuestionQuery {
  requireReading(principal)
  switch (principal.kind) {
    case 'operator':
      return query
    case 'user':
      if (query.userId === undefined || query.userId === principal.userId) {
        return { ...query, userId: principal.userId }
      }
      throw forbidden('a user token reads the questions of its own user', 'leave `user` out')
    case 'service':
      return { ...query, keyId: principal.key.id }
    default:
      return principal satisfies never
  }
}

export function forbidden(message: string, hint: string): EcError {
  return new EcError('EC_FORBIDDEN', message, { hint })
}

function isVisible(principal: Principal, question: StoredQuestion): boolean {
  return principal.kind !== 'service' || question.keyId === principal.key.id
}
