import type { AnsweredBy, QuestionState } from '../../../core/question.ts'
import type { GivenAnswer, QuestionEnd, StateItem } from '../../store.ts'
import type { UnitContext } from '../unit.ts'
import { changeStates } from './states.ts'

interface QuestionRow {
  readonly n: number
  readonly id: string
  readonly key_id: string | null
  readonly user_id: string
  readonly event_id: string
  readonly state: QuestionState
  readonly default_option: string | null
  readonly expires_at: number | null
  readonly option: string | null
  readonly input: string | null
}

/** The first answer wins; one that comes after the deadline finds the question ended, whether its job ran or not. */
export function answerQuestion(ctx: UnitContext, given: GivenAnswer): QuestionEnd {
  const row = findRow(ctx, given.userId, given.id)
  if (!row) return NOTHING
  const { option, input, by, session, at } = given
  if (row.state === 'open' && (row.expires_at === null || at < row.expires_at)) {
    return { outcome: 'ended', items: end(ctx, row, { option, input, by }, session, at) }
  }
  const items = row.state === 'open' ? runOut(ctx, row, at) : []
  const stands = row.state === 'open' ? { option: row.default_option, input: null } : row
  const same = stands.option === option && stands.input === input
  return { outcome: same ? 'repeated' : 'refused', items }
}

/** The deadline: ends an open question by its default answer, or without any. */
export function expireQuestion(ctx: UnitContext, userId: string, id: string, at: number): QuestionEnd {
  const row = findRow(ctx, userId, id)
  if (!row) return NOTHING
  if (row.state !== 'open') return { outcome: 'refused', items: [] }
  return { outcome: 'ended', items: runOut(ctx, row, at) }
}

/** Takes an open question back together with its event. */
export function cancelQuestion(
  ctx: UnitContext,
  userId: string,
  id: string,
  session: string | null,
  at: number,
): QuestionEnd {
  const row = findRow(ctx, userId, id)
  if (!row) return NOTHING
  if (row.state !== 'open') return { outcome: row.state === 'cancelled' ? 'repeated' : 'refused', items: [] }
  const ids = [row.event_id]
  return {
    outcome: 'ended',
    items: changeStates(ctx, { userId, ids, state: 'retracted', by: session, at, until: null }),
  }
}

const NOTHING: QuestionEnd = { outcome: 'unknown', items: [] }

function findRow(ctx: UnitContext, userId: string, id: string): QuestionRow | undefined {
  return ctx
    .sql<QuestionRow>(
      `select n, id, key_id, user_id, event_id, state, default_option, expires_at, option, input from questions
       where id = ? and user_id = ?`,
    )
    .get(id, userId)
}

function runOut(ctx: UnitContext, row: QuestionRow, at: number): readonly StateItem[] {
  if (row.default_option !== null) {
    return end(ctx, row, { option: row.default_option, input: null, by: 'default' }, 'default', at)
  }
  ctx.sql(`update questions set state = 'expired', ended_at = ? where n = ?`).run(at, row.n)
  tellAsker(ctx, row, at)
  return []
}

function end(
  ctx: UnitContext,
  row: QuestionRow,
  answer: { readonly option: string; readonly input: string | null; readonly by: AnsweredBy },
  session: string | null,
  at: number,
): readonly StateItem[] {
  ctx
    .sql(`update questions set state = 'answered', option = ?, input = ?, answered_by = ?, ended_at = ? where n = ?`)
    .run(answer.option, answer.input, answer.by, at, row.n)
  tellAsker(ctx, row, at)
  const ids = [row.event_id]
  return changeStates(ctx, { userId: row.user_id, ids, state: 'answered', by: session, at, until: null })
}

/** With waits that double from seconds to hours these last for half a day: longer than a deploy, shorter than a weekend. */
const CALLBACK_ATTEMPTS = 14

/** Makes the job that calls back the service that asked, if its key says where. */
function tellAsker(ctx: UnitContext, row: QuestionRow, at: number): void {
  if (row.key_id === null) return
  const key = ctx
    .sql<{ callback_url: string | null }>('select callback_url from service_keys where id = ? and revoked_at is null')
    .get(row.key_id)
  if (!key || key.callback_url === null) return
  ctx.jobs.insert(
    ctx,
    {
      kind: 'question.callback',
      group: '',
      priority: 0,
      maxAttempts: CALLBACK_ATTEMPTS,
      runAt: at,
      payload: { user_id: row.user_id, question: row.id, key: row.key_id, url: key.callback_url },
    },
    at,
  )
}
