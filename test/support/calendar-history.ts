import fc from 'fast-check'
import { meeting, type TestSandbox } from './sandbox.js'

/** What somebody else does to the calendar, chosen by number so that any history shrinks. */
const which = fc.nat(50)
const day = fc.integer({ min: 1, max: 28 })
const rule = fc.nat(4)
export const historySteps = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('create' as const), day }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('series' as const), day, rule }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('move' as const), which, day }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), which }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('reschedule' as const), which, rule }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('instance' as const), which, nth: fc.nat(9), how: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('leave' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('expire' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('age' as const) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('sync' as const) }) },
)
export type HistoryStep = typeof historySteps extends fc.Arbitrary<infer T> ? T : never

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

/** One step of a history; `made` names what it makes. */
export async function perform(sandbox: TestSandbox, step: HistoryStep, made: number): Promise<void> {
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
