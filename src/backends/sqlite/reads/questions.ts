import type { AnsweredBy, QuestionState } from '../../../core/question.ts'
import type { Page, QuestionQuery, StoredQuestion } from '../../store.ts'
import type { Sql } from '../connection.ts'
import { equals, readPage } from './paging.ts'

interface QuestionRow {
  readonly n: number
  readonly id: string
  readonly user_id: string
  readonly event_id: string
  readonly key_id: string | null
  readonly state: QuestionState
  readonly expires_at: number | null
  readonly created_at: number
  readonly option: string | null
  readonly input: string | null
  readonly answered_by: AnsweredBy | null
  readonly ended_at: number | null
  readonly json: string
}

const COLUMNS = `n, id, user_id, event_id, key_id, state, expires_at, created_at, option, input, answered_by, ended_at,
  json`

/** A question without its event is none: they go together. */
const TABLE = `(select questions.n, questions.id, questions.user_id, questions.event_id, questions.key_id, questions.state,
    questions.expires_at, questions.created_at, questions.option, questions.input, questions.answered_by,
    questions.ended_at, events.json
  from questions join events on events.id = questions.event_id and events.user_id = questions.user_id)`

export function listQuestions(sql: Sql, query: QuestionQuery): Page<StoredQuestion> {
  const { userId, state, keyId } = query
  return readPage<QuestionRow, StoredQuestion>(sql, query, {
    columns: COLUMNS,
    table: TABLE,
    order: 'n',
    where: equals({ user_id: userId, state, key_id: keyId }),
    position: row => row.n,
    toItem: toStoredQuestion,
  })
}

export function getQuestions(sql: Sql, id: string, userId: string | undefined): readonly StoredQuestion[] {
  const rows =
    userId === undefined
      ? sql<QuestionRow>(`select ${COLUMNS} from ${TABLE} where id = ?`).all(id)
      : sql<QuestionRow>(`select ${COLUMNS} from ${TABLE} where id = ? and user_id = ?`).all(id, userId)
  return rows.map(toStoredQuestion)
}

function toStoredQuestion(row: QuestionRow): StoredQuestion {
  const { id, state, option, input, json } = row
  const answer =
    option === null || row.answered_by === null || row.ended_at === null
      ? null
      : { option, input, by: row.answered_by, at: row.ended_at }
  return {
    id,
    userId: row.user_id,
    eventId: row.event_id,
    keyId: row.key_id,
    state,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    endedAt: row.ended_at,
    answer,
    eventJson: json,
  }
}
