import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CalendarFollower, sayItem } from '../support/calendar-follower.js'
import { runs } from '../support/long.js'
import { meeting, openSandbox, type TestSandbox, type Parsed } from '../support/sandbox.js'

/** What somebody else does to the calendar, chosen by number so that any history shrinks. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('create' as const), day: fc.integer({ min: 1, max: 28 }) }),
  fc.record({ kind: fc.constant('series' as const), day: fc.integer({ min: 1, max: 28 }), rule: fc.nat(4) }),
  fc.record({ kind: fc.constant('move' as const), which: fc.nat(50), day: fc.integer({ min: 1, max: 28 }) }),
  fc.record({ kind: fc.constant('rename' as const), which: fc.nat(50) }),
  fc.record({ kind: fc.constant('delete' as const), which: fc.nat(50) }),
  fc.record({ kind: fc.constant('reschedule' as const), which: fc.nat(50), rule: fc.nat(4) }),
  fc.record({ kind: fc.constant('instance' as const), which: fc.nat(50), nth: fc.nat(9), how: fc.nat(2) }),
  fc.record({ kind: fc.constant('leave' as const), which: fc.nat(50) }),
  fc.record({ kind: fc.constant('expire' as const) }),
  fc.record({ kind: fc.constant('age' as const) }),
  fc.record({ kind: fc.constant('sync' as const) }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const RULES = [
  'RRULE:FREQ=DAILY;COUNT=10',
  'RRULE:FREQ=WEEKLY;BYDAY=MO,WE',
  'RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260401T000000Z',
  'RRULE:FREQ=MONTHLY;BYDAY=2TU',
  'RRULE:FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=6',
]

const edges = (day: number) => {
  const { start, end } = meeting(day)
  return { start, end }
}

async function perform(sandbox: TestSandbox, step: Step, made: number): Promise<void> {
  const { control } = sandbox
  const living = control.events('primary').filter(({ status }) => status !== 'cancelled')
  const whole = living.filter(({ recurringEventId }) => recurringEventId === undefined)
  const series = whole.filter(({ recurrence }) => recurrence !== undefined)
  const pick = (list: typeof living, n: number) => String(list[n % list.length]?.['id'] ?? '')
  switch (step.kind) {
    case 'create':
      control.mutate({ do: 'event.create', event: meeting(step.day, { summary: `Event ${made}` }) })
      break
    case 'series':
      control.mutate({ do: 'event.create', event: meeting(step.day, { recurrence: [RULES[step.rule]] }) })
      break
    case 'move':
      if (whole.length > 0) control.mutate({ do: 'event.patch', id: pick(whole, step.which), event: edges(step.day) })
      break
    case 'rename':
      if (living.length > 0)
        control.mutate({ do: 'event.patch', id: pick(living, step.which), event: { summary: `Name ${made}` } })
      break
    case 'delete':
      if (living.length > 0) control.mutate({ do: 'event.delete', id: pick(living, step.which) })
      break
    case 'reschedule':
      if (series.length > 0)
        control.mutate({ do: 'event.patch', id: pick(series, step.which), event: { recurrence: [RULES[step.rule]] } })
      break
    case 'instance': {
      if (series.length === 0) break
      const id = pick(series, step.which)
      const { body } = await sandbox.call('GET', `/calendar/v3/calendars/primary/events/${id}/instances`)
      const instance = body.items[step.nth % Math.max(1, body.items.length)]?.id
      if (instance === undefined) break
      if (step.how === 0) control.mutate({ do: 'event.delete', id: instance })
      else
        control.mutate({ do: 'event.patch', id: instance, event: step.how === 1 ? edges(20) : { summary: 'Changed' } })
      break
    }
    case 'leave':
      if (whole.length > 0)
        control.mutate({ do: 'event.move', id: pick(whole, step.which), destination: 'other@example.com' })
      break
    case 'expire':
      control.mutate({ do: 'calendar.expire-tokens' })
      break
    case 'age':
      await control.advance(31 * 86_400_000)
      break
    case 'sync':
      break
    default:
      step satisfies never
  }
}

function truth(sandbox: TestSandbox, calendar = 'primary'): readonly string[] {
  return sandbox.control.events(calendar).map(sayItem).sort()
}

describe('who follows a calendar as Google says', () => {
  it('has the same as the calendar, whatever has happened to it', async () => {
    let [fullSyncs, empty, multi] = [0, 0, 0]
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.integer(), async (steps, seed) => {
        const manners = { empty_page_rate: 0.2, short_page_rate: 0.2 }
        const sandbox = await openSandbox({ seed, manners })
        sandbox.control.mutate({ do: 'calendar.create', summary: 'Other', id: 'other@example.com' })
        const follower = new CalendarFollower(sandbox, 'primary', 3)
        for (const [i, one] of steps.entries()) {
          await perform(sandbox, one, i)
          if (one.kind === 'sync') await follower.sync()
        }
        await follower.sync()
        expect(follower.copy()).toEqual(truth(sandbox))
        fullSyncs = Math.max(fullSyncs, follower.fullSyncs)
        empty += follower.emptyPages
        multi = Math.max(multi, follower.pages)
        await sandbox.close()
      }),
      { numRuns: runs(60), seed: 7 },
    )
    // The histories did what they are for.
    expect(fullSyncs).toBeGreaterThan(1)
    expect(empty).toBeGreaterThan(0)
    expect(multi).toBeGreaterThan(3)
  })

  it('finds what changes between two pages in the next list of changes', async () => {
    const sandbox = await openSandbox()
    const ids = Array.from({ length: 6 }, (_, i) =>
      String(sandbox.control.mutate({ do: 'event.create', event: meeting(i + 1) })['id']),
    )
    const path = '/calendar/v3/calendars/primary/events?maxResults=2'
    const first = await sandbox.call('GET', path)
    const seen = first.body.items.map(({ id }: { id: string }) => id)
    sandbox.control.mutate({ do: 'event.patch', id: seen[0], event: { summary: 'Changed meanwhile' } })
    sandbox.control.mutate({ do: 'event.delete', id: ids.find(id => !seen.includes(id)) })
    let page = first
    while (page.body.nextPageToken !== undefined) {
      page = await sandbox.call('GET', `${path}&pageToken=${encodeURIComponent(page.body.nextPageToken)}`)
    }
    const next = await sandbox.call('GET', `${path}&syncToken=${encodeURIComponent(page.body.nextSyncToken)}`)
    expect(next.body.items.map(({ id, status }: Parsed) => [id, status])).toContainEqual([seen[0], 'confirmed'])
    expect(next.body.items).toHaveLength(2)
  })
})
