import type { Bus } from '../../backends/backend.ts'
import type { QuestionEnd, Store, StoredQuestion } from '../../backends/store.ts'
import { forbidden, narrow, requireReading } from '../../core/access.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { EcEvent } from '../../core/event.ts'
import type { Principal } from '../../core/principal.ts'
import { faultOfAnswer, readQuestion, type QuestionOption } from '../../core/question.ts'
import type { QuestionApi } from '../http/api.ts'
import { findQuestion } from './access.ts'
import { createWaitingRoom } from './waiting-room.ts'

export interface QuestionsOptions {
  readonly store: Pick<Store, 'listQuestions' | 'getQuestions' | 'answerQuestion' | 'expireQuestion' | 'cancelQuestion'>
  readonly bus: Bus
  readonly clock: Clock
  /** Told that a job may have been born. */
  readonly wake: () => void
}

export interface Questions {
  readonly api: QuestionApi
  /** Answers for a client of the user; `session` is told to his other clients. Errors as of `api.answer`. */
  answerAs(
    userId: string,
    id: string,
    given: { readonly option: string; readonly input: string | null },
    session: string,
  ): Promise<void>
  /** The deadline of a question has come. Does nothing to one that has ended or is gone. */
  expire(userId: string, id: string): Promise<void>
  /** Answers everybody who waits with what there is, and lets nobody wait any more. */
  drain(): void
  close(): void
}

/**
 * Questions that a person answers, whatever the door: the first answer wins, and whoever waits for it is woken. A user
 * answers his own, a service reads, waits for and withdraws what its key asked, the operator may do all.
 */
export function createQuestions(options: QuestionsOptions): Questions {
  const { store, bus, clock, wake } = options
  const room = createWaitingRoom(bus, clock)

  /** Tells who listens what is durable by now. */
  function announce(userId: string, id: string, { outcome, items }: QuestionEnd): void {
    if (items.length > 0) bus.publish('stream', { userId, items })
    if (items.length === 0 && outcome !== 'ended') return
    bus.publish('question', { userId, id })
    wake()
  }

  async function answer(
    ...[principal, id, whose, given, session]: Parameters<QuestionApi['answer']>
  ): Promise<StoredQuestion> {
    const by = answererOf(principal)
    const question = await findQuestion(store, principal, id, whose)
    const { option } = given
    const input = given.input === '' ? null : given.input
    const fault = faultOfAnswer(optionsOf(question), option, input)
    if (fault !== null) {
      const { path, message } = fault
      throw new EcError('EC_FIELD_INVALID', `\`${path}\`: ${message}`, { details: { errors: [fault] } })
    }
    const { userId } = question
    const end = await store.answerQuestion({ userId, id, option, input, by, session, at: clock.now() })
    announce(userId, id, end)
    const now = await findQuestion(store, principal, id, userId)
    if (end.outcome === 'ended' || end.outcome === 'repeated') return now
    throw closed(now)
  }

  async function cancel(principal: Principal, id: string, whose: string | null): Promise<StoredQuestion> {
    if (principal.kind === 'user') {
      throw forbidden('a question is withdrawn by whoever asked it', 'answer it, or leave it')
    }
    const { userId } = await findQuestion(store, principal, id, whose)
    const by = principal.kind === 'operator' ? 'operator' : principal.key.name
    const end = await store.cancelQuestion(userId, id, by, clock.now())
    announce(userId, id, end)
    const now = await findQuestion(store, principal, id, userId)
    if (end.outcome === 'ended' || end.outcome === 'repeated') return now
    throw closed(now)
  }

  return {
    api: {
      list: async (principal, query) => store.listQuestions(narrow(principal, query, 'questions')),
      async get(principal, id, userId) {
        requireReading(principal)
        return findQuestion(store, principal, id, userId)
      },
      async wait(principal, id, userId, ms, signal) {
        requireReading(principal)
        const question = await findQuestion(store, principal, id, userId)
        async function look() {
          const seen = await findQuestion(store, principal, id, question.userId)
          return { seen, ended: seen.state !== 'open' }
        }
        return room.wait(question, look, ms, signal)
      },
      answer,
      cancel,
    },
    async answerAs(userId, id, given, session) {
      await answer({ kind: 'user', userId }, id, null, given, session)
    },
    async expire(userId, id) {
      announce(userId, id, await store.expireQuestion(userId, id, clock.now()))
    },
    drain: () => room.drain(),
    close: () => room.close(),
  }
}

function answererOf(principal: Principal): 'user' | 'operator' {
  switch (principal.kind) {
    case 'operator':
    case 'user':
      return principal.kind
    case 'service':
      throw forbidden('a service key asks, it does not answer', 'answer with a token of the user, from `ec token USER`')
    default:
      return principal satisfies never
  }
}

/** What may be answered. The event was checked when it was taken. */
function optionsOf({ eventJson }: StoredQuestion): readonly QuestionOption[] {
  const event: EcEvent = JSON.parse(eventJson)
  const question = readQuestion(event)
  return question.ok && question.terms !== null ? question.terms.options : []
}

/** What is told to whoever comes too late. */
function closed(question: StoredQuestion): EcError {
  const { answer, state } = question
  if (answer === null) {
    const how = state === 'cancelled' ? 'was withdrawn' : 'has expired'
    return new EcError('EC_QUESTION_CLOSED', `the question ${how}`, { details: { state } })
  }
  const { option, input, by, at } = answer
  return new EcError('EC_CONFLICT', `the question has been answered: ${option}`, {
    hint: `its answer stays \`${option}\``,
    details: { state, winner: { option, input, by, at: new Date(at).toISOString() } },
  })
}
