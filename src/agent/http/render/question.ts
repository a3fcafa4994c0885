import { z } from 'zod'
import type { StoredQuestion } from '../../../backends/store.ts'
import type { EcEvent } from '../../../core/event.ts'
import { QUESTION_STATES, readQuestion } from '../../../core/question.ts'
import { instant, renderInstant } from './instant.ts'

const optionView = z.strictObject({
  id: z.string(),
  label: z.string(),
  style: z.string().optional(),
  input: z.strictObject({ label: z.string().nullable(), required: z.boolean(), max: z.int() }).optional(),
})

/** A question with what its event says of it, and the answer that won. */
export const questionView = z.strictObject({
  id: z.string(),
  user: z.string(),
  event: z.string(),
  state: z.enum(QUESTION_STATES),
  title: z.string(),
  body: z.string(),
  options: z.array(optionView),
  default_option: z.string().nullable(),
  created_at: instant,
  expires_at: instant.nullable(),
  ended_at: instant.nullable(),
  answer: z
    .strictObject({
      option: z.string(),
      input: z.string().nullable(),
      by: z.enum(['user', 'operator', 'default']),
      at: instant,
    })
    .nullable(),
})

export function renderQuestion(question: StoredQuestion): z.infer<typeof questionView> {
  const event: EcEvent = JSON.parse(question.eventJson)
  const read = readQuestion(event)
  const terms = read.ok ? read.terms : null
  const { answer, expiresAt, endedAt } = question
  return {
    id: question.id,
    user: question.userId,
    event: question.eventId,
    state: question.state,
    title: event.title,
    body: event.body,
    options: (terms?.options ?? []).map(({ id, label, style, input }) => ({
      id,
      label,
      ...(style === null ? {} : { style }),
      ...(input === null ? {} : { input }),
    })),
    default_option: terms?.defaultOption ?? null,
    created_at: renderInstant(question.createdAt),
    expires_at: expiresAt === null ? null : renderInstant(expiresAt),
    ended_at: endedAt === null ? null : renderInstant(endedAt),
    answer: answer === null ? null : { ...answer, at: renderInstant(answer.at) },
  }
}
