import { z } from 'zod'

const DAY_MS = 86_400_000
const rate = z.number().min(0).max(1)
const ms = z
  .number()
  .int()
  .min(0)
  .max(400 * DAY_MS)
const count = z.number().int().min(1).max(1_000_000)

/** How the services behave where the real ones differ from day to day; all of it can be changed while it runs. */
export const mannersSchema = z.strictObject({
  /** How often a page is empty although more come. */
  empty_page_rate: rate.default(0.05),
  /** How often a page holds fewer than were asked for. */
  short_page_rate: rate.default(0.05),
  /** Of what was deleted, lists tell the id alone, and of half of the deleted instances not even their series. */
  sparse_tombstones: z.boolean().default(true),
  sync_token_life_ms: ms.default(30 * DAY_MS),
  /** The longest life of a watch channel and of Gmail's watch. */
  watch_life_ms: ms.default(7 * DAY_MS),
  /** Whether the `sync` message arrives before the answer to the watch, or after it. */
  sync_message: z.enum(['before', 'after']).default('after'),
  /** How long a stopped channel goes on to tell of changes. */
  late_after_stop_ms: ms.default(1_000),
  /** From a change to the first try of its push. */
  push_delay_ms: ms.default(0),
  quota_user_per_minute: count.default(600),
  quota_project_per_minute: count.default(10_000),
  quota_calendar_writes_per_minute: count.default(600),
  /** The status of what goes beyond a quota: Google answers with either. */
  quota_refusal: z.union([z.literal(403), z.literal(429)]).default(403),
  /** How far back Gmail's history reaches. */
  history_life_ms: ms.default(7 * DAY_MS),
  /** Gmail tells of a mailbox no more often than so; what comes in between is not told. */
  gmail_gap_ms: ms.default(1_000),
  /** How Gmail writes `historyId` in what it publishes. */
  history_id_form: z.enum(['number', 'string']).default('number'),
  /** How long a pull waits for a message. */
  pull_wait_ms: ms.default(5_000),
  consent: z.enum(['grant', 'refuse']).default('grant'),
  /** Boxes that the person leaves unticked, by the last word of their scopes: `gmail.readonly`. */
  unticked_scopes: z.array(z.string()).default([]),
  access_token_life_s: count.default(3_599),
  /** An OAuth client in testing: its refresh tokens die after 7 days. */
  testing_mode: z.boolean().default(false),
  /** Each refresh gives another refresh token, and the one before it is dead: not Google's way at present, but OAuth's (RFC 6749, 6). */
  rotate_refresh_tokens: z.boolean().default(false),
  disabled_apis: z.array(z.enum(['calendar', 'gmail', 'pubsub'])).default([]),
  /** An organisation's policy that no account of elsewhere may be granted anything. */
  restricted_sharing: z.boolean().default(false),
})

export type Manners = z.infer<typeof mannersSchema>
