import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPlanner } from '#ec/agent/route/planner.js'
import { route } from '#ec/agent/route/route.js'
import { CHANNEL_HINTS, CHANNELS, LEVELS } from '#ec/core/event.js'

const facts = { available: ['ws'], rules: [{ pattern: 'task.*', channels: ['push'] }] } as const
const now = Date.parse('2026-01-05T09:00:00Z')

const events = fc.record(
  {
    type: fc.constantFrom('job.done', 'job.progress', 'system.alert', 'task.created', 'deploy.done'),
    level: fc.constantFrom(...LEVELS),
    channel_hint: fc.constantFrom(...CHANNEL_HINTS),
    channels: fc.uniqueArray(fc.constantFrom(...CHANNELS)),
    expires_at: fc.constantFrom('2026-01-05T08:00:00.000Z', '2026-01-05T10:00:00.000Z'),
  },
  { requiredKeys: ['type', 'level'] },
)

it('answers what route answers, whatever came before', () => {
  const plan = createPlanner(facts)
  fc.assert(
    fc.property(events, event => {
      expect(plan(event, now)).toEqual(route(event, facts, now))
    }),
  )
})

it('keeps no more than it needs when types are invented by the thousand', () => {
  const plan = createPlanner(facts)
  for (let i = 0; i < 5_000; i++) plan({ type: `made.up${i}`, level: 'info' }, now)
  expect(plan({ type: 'job.done', level: 'info' }, now)).toBe(plan({ type: 'job.done', level: 'info' }, now))
})
