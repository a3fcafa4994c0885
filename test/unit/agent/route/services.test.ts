import { expect, it } from 'vitest'
import type { RouteFacts, RoutedEvent } from '#ec/agent/route/facts.js'
import { route } from '#ec/agent/route/route.js'
import type { PlanStep } from '#ec/core/plan.js'
import { NO_PREFERENCES, type Preferences } from '#ec/core/preferences.js'

/** Without those that an operator has to open first. */
const CHANNELS = ['ws', 'push', 'email'] as const

/** What services really send: the case, its type, and what it says of its way. */
const CASES: readonly (readonly [
  service: string,
  what: string,
  event: Pick<RoutedEvent, 'type'> & Partial<RoutedEvent>,
])[] = [
  ['notes', 'return to a thought', { type: 'reminder.due' }],
  ['notes', 'a note was reworked', { type: 'job.done' }],
  ['notes', 'choose draft A or B', { type: 'action.required' }],
  ['tasks', 'a new task', { type: 'task.created' }],
  ['tasks', 'a deadline is near', { type: 'reminder.due', level: 'warning' }],
  ['tasks', 'choose priority or date', { type: 'action.required' }],
  ['tasks', 'the materials are ready', { type: 'job.done' }],
  ['vision', 'a check-in', { type: 'reminder.due' }],
  ['vision', 'the map was rebuilt', { type: 'job.done' }],
  ['vision', 'choose the next step', { type: 'action.required' }],
  ['journey', 'a comment', { type: 'message.new' }],
  ['team', 'a report', { type: 'message.new' }],
  ['team', 'the weekly report is due', { type: 'reminder.due' }],
  ['journey', 'the sprint was closed', { type: 'job.done' }],
  ['health', 'a pause of a minute', { type: 'reminder.due', expires_at: '2026-01-05T22:10:00.000Z' }],
  ['health', 'the day was analysed', { type: 'job.done' }],
  ['chat', 'a new message', { type: 'message.new' }],
  ['system', 'a payment failed', { type: 'system.alert', level: 'critical' }],
]

const NIGHT = Date.parse('2026-01-05T22:00:00Z')
const DAY = Date.parse('2026-01-05T12:00:00Z')

function said(preferences: Partial<Preferences>): Partial<RouteFacts> {
  const none = { hour: 0, day: 0 }
  return {
    person: { preferences: { ...NO_PREFERENCES, ...preferences }, zone: 'UTC', sent: { push: none, email: none } },
  }
}

const SITUATIONS: Readonly<
  Record<string, { readonly facts: (service: string) => Partial<RouteFacts>; readonly now: number }>
> = {
  'by day': { facts: () => ({}), now: DAY },
  'in quiet hours': { facts: () => said({ quiet_hours: { from: '21:00', to: '07:00' } }), now: NIGHT },
  'service muted': { facts: service => said({ mute: [{ service }] }), now: DAY },
  'no device': { facts: () => ({ unreachable: ['push'] }), now: DAY },
}

it('plans what services really send as the golden table says', async () => {
  const width = Math.max(...CASES.map(([service, what]) => `${service}: ${what}`.length))
  const lines = CASES.flatMap(([service, what, event]) => [
    `${`${service}: ${what}`.padEnd(width)}  ${event.type}`,
    ...Object.entries(SITUATIONS).map(([name, { facts, now }]) => {
      const known = { available: CHANNELS, rules: [], ...facts(service) }
      const { steps } = route({ level: 'info', service, ...event }, known, now)
      return `    ${name.padEnd(15)} ${steps.map(show).join('').trimEnd()}`
    }),
  ])
  expect(CASES).toHaveLength(18)
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('plans-of-services.golden.txt')
})

function show({ channel, action, reason, until }: PlanStep): string {
  const word = { send: 'SEND', hold: 'HOLD', suppress: '-' }[action]
  return `${channel} ${word} ${reason}${until === undefined ? '' : ` until ${until.slice(11, 16)}`}`.padEnd(36)
}
