import * as fc from 'fast-check'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** Calendars that share a world; each has a history of its own, and what befalls the agent befalls all of them. */
export const CALENDARS = 30
/** Of these, how many are somebody else's and only shared with the person. */
export const SHARED = 5
const BUSY = 6

/** Some are busy, so that much happens to the same things. */
const on = fc.oneof(
  fc.nat(CALENDARS - 1),
  fc.nat(BUSY - 1).map(n => SHARED - 2 + n),
)
/** Which of what there is, by number, so that any history shrinks. */
const which = fc.nat(50)
const day = fc.integer({ min: 0, max: 27 })
const rule = fc.nat(3)

/** How often something is of a thousand steps. */
const step = fc.oneof(
  // What somebody does to a calendar.
  { weight: 150, arbitrary: fc.record({ kind: fc.constant('create'), on, day, allDay: fc.boolean() }) },
  { weight: 80, arbitrary: fc.record({ kind: fc.constant('series'), on, day, rule }) },
  { weight: 100, arbitrary: fc.record({ kind: fc.constant('reschedule'), on, which, day }) },
  { weight: 60, arbitrary: fc.record({ kind: fc.constant('rename'), on, which }) },
  { weight: 70, arbitrary: fc.record({ kind: fc.constant('delete'), on, which }) },
  { weight: 40, arbitrary: fc.record({ kind: fc.constant('rule'), on, which, rule }) },
  { weight: 30, arbitrary: fc.record({ kind: fc.constant('end-series'), on, which }) },
  {
    weight: 150,
    arbitrary: fc.record({
      kind: fc.constant('instance'),
      on,
      which,
      nth: fc.nat(5),
      how: fc.constantFrom('cancel', 'move', 'rename'),
    }),
  },
  { weight: 50, arbitrary: fc.record({ kind: fc.constant('move'), on, which, to: on }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('burst'), on, count: fc.integer({ min: 3, max: 70 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('clear'), on }) },
  { weight: 15, arbitrary: fc.record({ kind: fc.constant('expire'), on }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('mute'), on }) },
  {
    weight: 15,
    arbitrary: fc.record({
      kind: fc.constant('share'),
      on: fc.nat(SHARED - 1),
      role: fc.constantFrom(null, 'reader', 'owner', 'freeBusyReader'),
    }),
  },
  // Mail.
  {
    weight: 60,
    arbitrary: fc.record({
      kind: fc.constant('mail'),
      labels: fc.constantFrom(['INBOX', 'UNREAD'], ['INBOX', 'UNREAD'], ['SPAM', 'UNREAD'], ['INBOX'], ['SENT']),
    }),
  },
  { weight: 15, arbitrary: fc.record({ kind: fc.constant('bring-in'), which }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('delete-mail'), which }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('forget-history') }) },
  // What happens on the way.
  {
    weight: 45,
    arbitrary: fc.record({
      kind: fc.constant('fault'),
      of: fc.constantFrom('request', 'request', 'push'),
      how: fc.constantFrom('refuse', 'cut', 'status', 'status', 'delay', 'duplicate', 'reorder', 'drop'),
      at: fc.nat(5),
      answer: fc.nat(6),
      rate: fc.constantFrom(0.1, 0.3, 1),
      times: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 15, arbitrary: fc.record({ kind: fc.constant('heal') }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('quota'),
      refusal: fc.constantFrom(403, 429),
      perMinute: fc.constantFrom(3, 20, 600),
    }),
  },
  // What happens to us.
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('kill'), downMs: fc.constantFrom(0, 0, MINUTE, 5 * HOUR) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('sleep'), ms: fc.constantFrom(MINUTE, HOUR, 30 * HOUR) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('webhooks'), isOn: fc.boolean() }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('pause'), on, isPaused: fc.boolean() }) },
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('full'), on }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('revoke') }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('sign-in') }) },
  // Time.
  {
    weight: 60,
    arbitrary: fc.record({
      kind: fc.constant('pass'),
      ms: fc.constantFrom(4 * SECOND, 4 * SECOND, 20 * SECOND, 2 * MINUTE, 20 * MINUTE, 3 * HOUR),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.constant(26 * HOUR) }) },
)

export type HistoryStep = typeof step extends fc.Arbitrary<infer T> ? T : never

/** A history of a whole world: what is there before anything is read, how pages are cut, and what happens then. */
export const histories = fc.record({
  seed: fc.nat(),
  before: fc.array(fc.nat(12), { minLength: CALENDARS, maxLength: CALENDARS }),
  /** Of a hundred pages, how many are short or empty. */
  ragged: fc.constantFrom(5, 40, 80),
  /** Things go wrong from the first read on. */
  isRough: fc.boolean(),
  /** Each after a moment. */
  steps: fc.array(
    fc
      .record({ afterMs: fc.constantFrom(1, 1, 1, 700, 2_500), step })
      .map(({ afterMs, step: one }) => ({ afterMs, ...one })),
    { maxLength: 330, size: 'max' },
  ),
})

export type History = typeof histories extends fc.Arbitrary<infer T> ? T : never
