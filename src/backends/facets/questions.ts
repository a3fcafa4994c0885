import type { NewJob } from '../../core/job.ts'
import type { Answer, AnsweredBy, QuestionState } from '../../core/question.ts'
import type { StateItem } from './events.ts'
import type { Page, PageQuery } from './pages.ts'

/** Questions: each is born with its event, and goes with it. */
export interface QuestionFacts {
  listQuestions(query: QuestionQuery): Promise<Page<StoredQuestion>>
  /** All questions with this id, one a user. */
  getQuestions(id: string, userId?: string): Promise<readonly StoredQuestion[]>
  /**
   * Answers an open question whose deadline has not passed, and marks its event as answered: the first one wins. After
   * the deadline this ends it as `expireQuestion` does. The caller has looked whether the option is one of its own.
   * With either end a job `question.callback` is made when the live key that asked has a callback URL.
   */
  answerQuestion(given: GivenAnswer): Promise<QuestionEnd>
  /** Ends an open question by its default option, as answered; or as expired when it has none. */
  expireQuestion(userId: string, id: string, at: number): Promise<QuestionEnd>
  /** Takes an open question back; its event is retracted. To retract the event does the same. */
  cancelQuestion(userId: string, id: string, by: string | null, at: number): Promise<QuestionEnd>
}

export interface NewQuestion {
  readonly id: string
  readonly defaultOption: string | null
  /** The deadline; null = it stays open until it is answered or withdrawn. */
  readonly expiresAt: number | null
  /** A job `question.expire`, which is made with it. */
  readonly expireJob: NewJob | null
}

export interface GivenAnswer {
  readonly userId: string
  readonly id: string
  readonly option: string
  readonly input: string | null
  readonly by: Exclude<AnsweredBy, 'default'>
  /** Whom other clients are told as the one who did it: a session, `operator`. */
  readonly session: string | null
  readonly at: number
}

/** `items` are the numbered changes that it caused, whatever the outcome. */
export interface QuestionEnd {
  /**
   * `ended`: by this call. `repeated`: it had ended so before. `refused`: it had ended in another way. `unknown`: there
   * is no such question.
   */
  readonly outcome: 'ended' | 'repeated' | 'refused' | 'unknown'
  readonly items: readonly StateItem[]
}

export interface QuestionQuery extends PageQuery {
  readonly userId?: string
  readonly state?: QuestionState
  /** Only what this service key asked. */
  readonly keyId?: string
}

export interface StoredQuestion {
  readonly id: string
  readonly userId: string
  readonly eventId: string
  readonly keyId: string | null
  readonly state: QuestionState
  readonly expiresAt: number | null
  readonly createdAt: number
  /** When it was answered, expired or withdrawn. */
  readonly endedAt: number | null
  readonly answer: Answer | null
  /** The universal event that asks it. */
  readonly eventJson: string
}
