import { z } from 'zod'
import { userIdSchema } from '../../../core/event-schema.ts'
import { QUESTION_STATES } from '../../../core/question.ts'
import { pageQuery } from '../input.ts'
import { pageOf } from '../render/page.ts'
import { questionView, renderQuestion } from '../render/question.ts'
import { defineRoute, type Route } from '../route.ts'
import { callerOf, paramOf } from './call.ts'

/** Proxies and routers give up on a silent answer after a minute. */
const MAX_WAIT_S = 60
const WAIT = `takes a number of seconds from 0 to ${MAX_WAIT_S}`

const listQuery = pageQuery.extend({
  user: userIdSchema.exactOptional(),
  state: z.enum(QUESTION_STATES, { error: `takes one of ${QUESTION_STATES.join(', ')}` }).exactOptional(),
})
/** Several users may have a question of the same id; `user` says whose is meant. */
const oneQuery = z.strictObject({ user: userIdSchema.exactOptional() })
const waitQuery = oneQuery.extend({
  wait: z
    .string()
    .regex(/^\d{1,2}$/, WAIT)
    .transform(Number)
    .refine(seconds => seconds <= MAX_WAIT_S, WAIT)
    .exactOptional(),
})

export const questionRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/questions',
    summary: 'List questions',
    allow: ['operator', 'user', 'read'],
    query: listQuery,
    body: null,
    reply: { status: 200, schema: pageOf('questions', questionView) },
    async handle(call) {
      const { user, ...rest } = call.query
      const query = { ...rest, ...(user === undefined ? {} : { userId: user }) }
      const page = await call.api.questions.list(callerOf(call), query)
      return { body: { questions: page.rows.map(renderQuestion), next: page.next } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/questions/:id',
    summary: 'Show a question; with `wait` not before it has ended, or that many seconds are over',
    allow: ['operator', 'user', 'read'],
    query: waitQuery,
    body: null,
    reply: { status: 200, schema: questionView },
    async handle(call) {
      const { user = null, wait = 0 } = call.query
      const { questions } = call.api
      const [caller, id] = [callerOf(call), paramOf(call, 'id')]
      if (wait === 0) return { body: renderQuestion(await questions.get(caller, id, user)) }
      const gone = new AbortController()
      call.response.once('close', () => gone.abort())
      return { body: renderQuestion(await questions.wait(caller, id, user, wait * 1000, gone.signal)) }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/questions/:id/answer',
    summary: 'Answer a question; the first answer wins',
    allow: ['operator', 'user'],
    query: oneQuery,
    body: z.strictObject({ option: z.string(), input: z.string().nullish() }),
    reply: { status: 200, schema: questionView },
    async handle(call) {
      const caller = callerOf(call)
      const { option, input = null } = call.body
      const session = caller.kind === 'operator' ? 'operator' : null
      const whose = call.query.user ?? null
      const question = await call.api.questions.answer(caller, paramOf(call, 'id'), whose, { option, input }, session)
      return { body: renderQuestion(question) }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/questions/:id',
    summary: 'Withdraw an open question; its event leaves every inbox',
    allow: ['operator', 'emit'],
    query: oneQuery,
    body: null,
    reply: { status: 200, schema: questionView },
    async handle(call) {
      const question = await call.api.questions.cancel(callerOf(call), paramOf(call, 'id'), call.query.user ?? null)
      return { body: renderQuestion(question) }
    },
  }),
]
