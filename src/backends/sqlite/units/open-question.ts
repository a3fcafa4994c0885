import type { NewQuestion } from '../../store.ts'
import type { UnitContext } from '../unit.ts'

/** The event that asks the user's question of this id; null when there is none. */
export function findAsking(ctx: UnitContext, id: string, userId: string): string | null {
  const row = ctx
    .sql<{ event_id: string }>('select event_id from questions where id = ? and user_id = ?')
    .get(id, userId)
  return row?.event_id ?? null
}

/** A question is born with its event, and with the job that ends it. */
export function openQuestion(
  ctx: UnitContext,
  question: NewQuestion,
  event: { readonly id: string; readonly userId: string; readonly keyId: string | null; readonly createdAt: number },
): void {
  ctx
    .sql(
      `insert into questions (id, user_id, event_id, key_id, state, default_option, expires_at, created_at)
       values (?, ?, ?, ?, 'open', ?, ?, ?)`,
    )
    .run(question.id, event.userId, event.id, event.keyId, question.defaultOption, question.expiresAt, event.createdAt)
  if (question.expireJob) ctx.jobs.insert(ctx, question.expireJob, event.createdAt)
}
