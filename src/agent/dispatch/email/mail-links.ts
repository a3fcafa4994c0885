import type { EcEvent } from '../../../core/event.ts'
import { readQuestion } from '../../../core/question.ts'
import type { PageTokens } from './page-tokens.ts'
import type { MailLinks } from './render/view-of.ts'

const DAY_MS = 86_400_000
/** For a question without a deadline. */
const ANSWER_DAYS = 30
/** A question that ends at its deadline says so on its page; the link outlives it by this. */
const AFTER_DEADLINE_MS = DAY_MS

/** The links of a mail; `base` is where people reach the pages, null = nowhere. */
export async function linksOf(
  event: EcEvent,
  { base, tokens, now }: { readonly base: string | null; readonly tokens: PageTokens; readonly now: number },
): Promise<MailLinks> {
  if (base === null) return { unsubscribe: null, answer: () => null }
  const userId = event.user_id
  const read = readQuestion(event)
  const terms = read.ok ? read.terms : null
  const deadline = event.expires_at === undefined ? null : Date.parse(event.expires_at)
  const expiresAt = deadline === null ? now + ANSWER_DAYS * DAY_MS : deadline + AFTER_DEADLINE_MS
  const [stop, ...answers] = await Promise.all([
    tokens.forStop({ userId, type: event.type }),
    ...(terms?.options ?? []).map((_, option) =>
      tokens.forAnswer({ userId, question: terms?.id ?? event.id, option }, expiresAt),
    ),
  ])
  return {
    unsubscribe: `${base}/u/${stop}`,
    answer: option => {
      const token = answers[option]
      return token === undefined ? null : `${base}/a/${token}`
    },
  }
}
