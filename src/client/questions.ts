import { randomUUID } from 'node:crypto'
import { EcError } from '../core/errors.ts'
import { joinSignals } from '../core/join-signals.ts'
import type { AnsweredBy, QuestionState } from '../core/question.ts'
import type { JsonObject } from '../core/json.ts'
import { backOff } from './back-off.ts'
import type { StreamPorts } from './message-stream.ts'
import type { EmitReply, NewEvent, PageOptions, PageReply } from './rows.ts'

export interface QuestionsClient {
  /**
   * Asks a person and resolves with the answer, or with `default_option` at the deadline. It waits through lost
   * connections and restarts of the agent. Rejects with `EC_QUESTION_CLOSED` when the question expired without a default
   * or was withdrawn (`details.state`), and when `signal` aborts; the question stays open then, see `questions.cancel`.
   * With an `id` of yours a service that was restarted asks the same question again and gets its answer: say the deadline
   * as `expires_at` then, since the content has to be the same.
   */
  ask(question: Ask, options?: AskOptions): Promise<AskAnswer>
  readonly questions: {
    list(filter?: QuestionFilter): Promise<PageReply<'questions', QuestionRow>>
    /** `user` is needed only where several users have a question of this id. */
    get(id: string, user?: string): Promise<QuestionRow>
    /** Resolves once the question has ended, in whichever way. Waits through lost connections and restarts of the agent. */
    wait(id: string, options?: WaitOptions & { readonly user?: string | undefined }): Promise<QuestionRow>
    /**
     * The first answer wins, and the same one again is no error. `EC_CONFLICT` with `details.winner` for another,
     * `EC_QUESTION_CLOSED` when the question has expired or was withdrawn.
     */
    answer(id: string, answer: GivenAnswer, user?: string): Promise<QuestionRow>
    /** Withdraws an open question: it leaves every inbox. */
    cancel(id: string, user?: string): Promise<QuestionRow>
  }
}

/** An option as it is asked: a text is id and label in one. */
export type NewOption =
  | string
  | {
      readonly id: string
      readonly label?: string
      readonly style?: string
      /** The person may write a text along with it. */
      readonly input?: boolean | { readonly label?: string; readonly required?: boolean; readonly max?: number }
    }

export interface Ask extends Omit<NewEvent, 'type' | 'body' | 'data'> {
  readonly body?: string
  /** 1 to 20, each with an id of its own. */
  readonly options: readonly NewOption[]
  /** Counts at the deadline. */
  readonly default_option?: string
  /** From now; or say `expires_at`. Without a deadline it waits for ever. */
  readonly timeoutMs?: number
  readonly data?: JsonObject
}

export interface AskAnswer {
  readonly option: string
  readonly input: string | null
  readonly by: AnsweredBy
}

export interface GivenAnswer {
  readonly option: string
  readonly input?: string | undefined
}

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined
  /** Told each time that the agent cannot be reached; it is tried again by itself. */
  readonly onLost?: ((error: EcError) => void) | undefined
}

export interface AskOptions extends WaitOptions {
  /** Told the id of the question once, as soon as the agent has it. */
  readonly onAsked?: ((question: string) => void) | undefined
}

export interface QuestionFilter extends PageOptions {
  readonly user?: string | undefined
  readonly state?: QuestionState | undefined
}

/** A question with what its event says of it, and the answer that won. Instants are RFC 3339. */
export interface QuestionRow {
  readonly id: string
  readonly user: string
  /** The id of the event that asks it. */
  readonly event: string
  readonly state: QuestionState
  readonly title: string
  readonly body: string
  readonly options: readonly {
    readonly id: string
    readonly label: string
    readonly style?: string
    readonly input?: { readonly label: string | null; readonly required: boolean; readonly max: number }
  }[]
  readonly default_option: string | null
  readonly created_at: string
  readonly expires_at: string | null
  readonly ended_at: string | null
  readonly answer: (AskAnswer & { readonly at: string }) | null
}

/** Of one long poll, which ends before the silence is too long for whatever stands between. */
const POLL_S = 25
/** What an answer may take beyond that. */
const SLACK_MS = 15_000
/** An agent that answers "still open" sooner is about to stop. */
const SOON_MS = 1_000
const MAX_BACK_OFF_MS = 5_000

interface QuestionPorts extends StreamPorts {
  readonly emit: (event: NewEvent, options: { readonly signal?: AbortSignal | undefined }) => Promise<EmitReply>
}

/** `clientSignal` ends every wait of the client. */
export function createQuestionsClient(ports: QuestionPorts, clientSignal: AbortSignal | undefined): QuestionsClient {
  const { transport, clock } = ports

  async function wait(
    id: string,
    options: WaitOptions & { readonly user?: string | undefined } = {},
  ): Promise<QuestionRow> {
    const query = { user: options.user, wait: POLL_S }
    const timeoutMs = POLL_S * 1000 + SLACK_MS
    return persist(options, async signal => {
      const question = await transport.call<QuestionRow>({ method: 'GET', path: pathOf(id), query, timeoutMs, signal })
      return question.state === 'open' ? null : question
    })
  }

  async function ask(question: Ask, options: AskOptions = {}): Promise<AskAnswer> {
    const event = toEvent(question, clock.now())
    const user = String(question.user_id)
    // Nobody is asked where there is no agent, or by a key that may not read the answer.
    await transport.call({ method: 'GET', path: '/api/questions', query: { limit: 1 }, signal: options.signal })
    const { id } = await persist(options, signal => ports.emit(event, { signal }))
    const own = event.data?.['action_id']
    const named = typeof own === 'string' || typeof own === 'number' ? String(own) : id
    options.onAsked?.(named)
    const { state, answer } = await wait(named, { ...options, user })
    if (answer !== null) return { option: answer.option, input: answer.input, by: answer.by }
    const how = state === 'expired' ? 'nobody answered in time' : 'the question was withdrawn'
    throw new EcError('EC_QUESTION_CLOSED', how, { details: { state, question: named } })
  }

  /** Tries until there is a result, however often the agent goes away meanwhile; what it refuses is thrown. */
  async function persist<Result>(
    { signal: own, onLost }: WaitOptions,
    attempt: (signal: AbortSignal) => Promise<Result | null>,
  ): Promise<Result> {
    const { signal, release } = joinSignals([own, clientSignal])
    try {
      return await persistUntil(signal, onLost, attempt)
    } finally {
      release()
    }
  }

  async function persistUntil<Result>(
    signal: AbortSignal,
    onLost: WaitOptions['onLost'],
    attempt: (signal: AbortSignal) => Promise<Result | null>,
  ): Promise<Result> {
    for (let failures = 0; ;) {
      const from = clock.now()
      try {
        const result = await attempt(signal)
        if (result !== null) return result
        failures = clock.now() - from < SOON_MS ? failures + 1 : 0
      } catch (thrown) {
        if (!(thrown instanceof EcError) || thrown.category !== 'unreachable') throw thrown
        onLost?.(thrown)
        failures += 1
      }
      if (failures > 0) await backOff(ports, { failures, toldMs: null, maxMs: MAX_BACK_OFF_MS }, signal)
      signal.throwIfAborted()
    }
  }

  return {
    ask,
    questions: {
      list: filter => transport.call({ method: 'GET', path: '/api/questions', query: { ...filter } }),
      get: (id, user) => transport.call({ method: 'GET', path: pathOf(id), query: { user } }),
      wait,
      answer: (id, body, user) =>
        transport.call({ method: 'POST', path: `${pathOf(id)}/answer`, query: { user }, body, repeatable: true }),
      cancel: (id, user) => transport.call({ method: 'DELETE', path: pathOf(id), query: { user }, repeatable: true }),
    },
  }
}

function toEvent({ options, default_option, timeoutMs, data, ...rest }: Ask, now: number): NewEvent {
  return {
    id: `ask_${randomUUID()}`,
    body: '',
    ...(timeoutMs === undefined ? {} : { expires_at: new Date(now + timeoutMs).toISOString() }),
    ...rest,
    type: 'action.required',
    data: { ...data, options: options.map(toJson), ...(default_option === undefined ? {} : { default_option }) },
  }
}

function toJson(option: NewOption): string | JsonObject {
  return typeof option === 'string' ? option : { ...option }
}

function pathOf(id: string): string {
  return `/api/questions/${encodeURIComponent(id)}`
}
