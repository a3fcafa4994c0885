import type { Rate } from './token-bucket.ts'

/** How much of a service an account may ask for. */
export interface CallBudget {
  /** The service, as a person knows it: what is counted together. */
  readonly name: string
  /** What we send at most: in any minute the burst and sixty times the rate. */
  readonly rate: Rate
  /** The service's own limit for an account and minute; null = it is not known. */
  readonly limitPerMinute: number | null
}

/** What an account has asked for of late, and how often that had to wait. Since the agent started. */
export interface BudgetUse {
  readonly budget: string
  readonly account: string
  /** In the last minute. */
  readonly used: number
  readonly perMinute: number
  readonly limitPerMinute: number | null
  readonly waits: number
  readonly waitedMs: number
  /** ms since 1970; null = never. */
  readonly lastWaitAt: number | null
}

/**
 * 600 requests a minute for an account of a project, in a window that slides (developers.google.com/workspace/calendar/api/
 * guides/quota). 50 at once and 7.5 a second are 500 in any minute.
 */
const GOOGLE_CALENDAR: CallBudget = {
  name: 'Google Calendar',
  rate: { burst: 50, perSecond: 7.5 },
  limitPerMinute: 600,
}

/**
 * 15,000 units a minute, of which a message takes 5 and a list of changes 2 (developers.google.com/workspace/gmail/api/
 * reference/quota): 3,000 messages. Half of that, since a watch takes 100.
 */
const GMAIL: CallBudget = { name: 'Gmail', rate: { burst: 300, perSecond: 20 }, limitPerMinute: 3_000 }

/** Its limits are a project's, and far above what one account pulls. */
const PUBSUB: CallBudget = { name: 'Pub/Sub', rate: { burst: 60, perSecond: 9 }, limitPerMinute: null }

const USUAL: Rate = { burst: 50, perSecond: 8 }

/** Which budget a request falls under. Pub/Sub serves Gmail and has a budget of its own. */
export function budgetOf({
  provider,
  operation,
}: {
  readonly provider: string
  readonly operation: string
}): CallBudget {
  if (/^(topics|subscriptions)\./.test(operation)) return PUBSUB
  if (provider === 'google-calendar') return GOOGLE_CALENDAR
  return provider === 'gmail' ? GMAIL : { name: provider, rate: USUAL, limitPerMinute: null }
}

/** What a rate lets through in any minute. */
export function perMinute({ burst, perSecond }: Rate): number {
  return Math.floor(burst + 60 * perSecond)
}
