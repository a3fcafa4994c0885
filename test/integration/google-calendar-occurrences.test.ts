import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Item } from '#ec/core/item.js'
import { occurrences } from '#ec/providers/google-calendar/occurrences.js'
import { readChange } from '#ec/providers/google-calendar/read-change.js'
import { runs } from '../support/long.js'
import { openSandbox, type Parsed, type TestSandbox } from '../support/sandbox.js'

/**
 * What we expand here against what the sandbox's calendar, whose recurrence is code of its own, lists as single events
 * (`singleEvents=true`): random series with changed, moved and removed instances, across the changes of the clock.
 */

const ZONES = ['Europe/Madrid', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Auckland', 'UTC']
const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU']
const DAY_MS = 86_400_000
/** The sandbox follows a series for two years from its clock on, which stands at the beginning of 2026. */
const FROM = Date.parse('2026-02-20T00:00:00Z')
const TO = Date.parse('2026-11-20T00:00:00Z')

const weekdays = fc.uniqueArray(fc.constantFrom(...DAYS), { minLength: 1, maxLength: 3 })
const nth = fc.tuple(fc.constantFrom(1, 2, 4, -1), fc.constantFrom(...DAYS)).map(([n, day]) => `${n}${day}`)
const frequency = fc.oneof(
  fc.constant('FREQ=DAILY'),
  fc.integer({ min: 2, max: 5 }).map(n => `FREQ=DAILY;INTERVAL=${n}`),
  weekdays.map(on => `FREQ=WEEKLY;BYDAY=${on}`),
  fc
    .tuple(weekdays, fc.constantFrom('MO', 'SU'))
    .map(([on, start]) => `FREQ=WEEKLY;INTERVAL=2;BYDAY=${on};WKST=${start}`),
  fc.constantFrom('FREQ=MONTHLY', 'FREQ=MONTHLY;BYMONTHDAY=-1', 'FREQ=MONTHLY;INTERVAL=2', 'FREQ=YEARLY'),
  nth.map(on => `FREQ=MONTHLY;BYDAY=${on}`),
  fc.constant('FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1'),
  fc.constantFrom('FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU'),
)
const until = fc
  .integer({ min: 0, max: 200 })
  .map(n => new Date(FROM + n * DAY_MS).toISOString().slice(0, 10).replaceAll('-', ''))
const ending = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 1, max: 120 }).map(n => `;COUNT=${n}`),
  until.map(date => `;UNTIL=${date}`),
  until.map(date => `;UNTIL=${date}T063000Z`),
)
const anySeries = fc.record({
  zone: fc.constantFrom(...ZONES),
  day: fc.integer({ min: -60, max: 60 }),
  /** Some lie in the hour that is skipped or comes twice. */
  time: fc.constantFrom('00:00', '01:30', '02:00', '02:30', '03:00', '10:00', '23:30'),
  minutes: fc.constantFrom(15, 60, 180, 1_500),
  isAllDay: fc.boolean(),
  frequency,
  ending,
  without: fc.array(fc.nat(40), { maxLength: 3 }),
  extra: fc.array(fc.integer({ min: 0, max: 240 }), { maxLength: 2 }),
  changes: fc.array(
    fc.record({
      nth: fc.nat(30),
      how: fc.constantFrom('remove', 'move', 'rename'),
      by: fc.integer({ min: -40, max: 40 }),
    }),
    {
      maxLength: 5,
    },
  ),
})
type AnySeries = typeof anySeries extends fc.Arbitrary<infer T> ? T : never

const PATH = '/calendar/v3/calendars/primary/events'
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

function edgesOf({ zone, day, time, minutes, isAllDay }: AnySeries) {
  const date = dateOf(FROM + day * DAY_MS)
  if (isAllDay)
    return { start: { date }, end: { date: dateOf(Date.parse(date) + Math.ceil(minutes / 1_440) * DAY_MS) } }
  const wall = Date.parse(`${date}T${time}:00Z`)
  const at = (ms: number) => ({ dateTime: new Date(ms).toISOString().slice(0, 19), timeZone: zone })
  return { start: at(wall), end: at(wall + minutes * 60_000) }
}

async function makeSeries(sandbox: TestSandbox, one: AnySeries): Promise<void> {
  const { start, end } = edgesOf(one)
  const value = (ms: number) =>
    one.isAllDay ? dateOf(ms).replaceAll('-', '') : `${dateOf(ms).replaceAll('-', '')}T${one.time.replace(':', '')}00`
  const params = one.isAllDay ? ';VALUE=DATE' : `;TZID=${one.zone}`
  const dates = (name: string, days: readonly number[]) =>
    days.length === 0 ? [] : [`${name}${params}:${days.map(n => value(FROM + n * DAY_MS)).join(',')}`]
  const recurrence = [
    `RRULE:${one.frequency}${one.ending}`,
    ...dates('EXDATE', one.without),
    ...dates('RDATE', one.extra),
  ]
  const { status, body } = await sandbox.call('POST', PATH, { summary: 'Series', start, end, recurrence })
  // A rule that ends before it begins has no instance, and an end that is the start after a change of the clock no length.
  if (status !== 200) return
  for (const { nth, how, by } of one.changes) {
    const all = await sandbox.call('GET', `${PATH}/${body.id}/instances?maxResults=100`)
    const instance: Parsed = all.body.items?.[nth]
    if (instance === undefined) continue
    if (how === 'remove') await sandbox.call('DELETE', `${PATH}/${instance.id}`)
    else
      await sandbox.call(
        'PATCH',
        `${PATH}/${instance.id}`,
        how === 'rename' ? { summary: 'Other' } : moved(instance, by),
      )
  }
}

function moved({ start, end }: Parsed, days: number) {
  const shift = (edge: Parsed) =>
    edge.date === undefined
      ? { dateTime: new Date(Date.parse(edge.dateTime) + days * DAY_MS).toISOString(), timeZone: edge.timeZone }
      : { date: dateOf(Date.parse(edge.date) + days * DAY_MS) }
  return { start: shift(start), end: shift(end) }
}

async function listAll(sandbox: TestSandbox, query: string): Promise<readonly Parsed[]> {
  const { body } = await sandbox.call('GET', `${PATH}?maxResults=2500&${query}`)
  expect(body.nextPageToken).toBeUndefined()
  return body.items
}

async function check(series: readonly AnySeries[]): Promise<number> {
  const sandbox = await openSandbox()
  for (const one of series) await makeSeries(sandbox, one)
  const items: Item[] = (await listAll(sandbox, 'singleEvents=false&showDeleted=true'))
    .map(readChange)
    .flatMap(change => (change?.type === 'upsert' ? [change.item] : []))
  const [timeMin, timeMax] = [FROM, TO].map(at => new Date(at).toISOString())
  const single = await listAll(sandbox, `singleEvents=true&timeMin=${timeMin}&timeMax=${timeMax}`)
  // Where a day begins differs from zone to zone, so that the edges of the window are another matter.
  const isInside = (start: number) => start > FROM + 2 * DAY_MS && start < TO - 2 * DAY_MS
  const theirs = single
    .map(({ id, start, end }) => ({
      id,
      start: Date.parse(start.dateTime ?? start.date),
      end: Date.parse(end.dateTime ?? end.date),
    }))
    .filter(({ start }) => isInside(start))
  const ours = occurrences(items, { from: FROM, to: TO })
    .filter(({ start }) => isInside(start))
    .map(({ id, start, end }) => ({ id, start, end }))
  const say = (all: typeof ours) =>
    all.map(({ id, start, end }) => `${id} ${new Date(start).toISOString()} ${new Date(end).toISOString()}`).sort()
  expect(say(ours)).toEqual(say(theirs))
  // What the window of a store would leave out by `endsAt` is over.
  for (const { startsAt, endsAt, id } of items) {
    const of = theirs.filter(one => one.id.startsWith(id) && startsAt !== null && one.id !== id)
    if (endsAt !== null && items.find(item => item.id === id)?.series === null) {
      for (const one of of.filter(one => !items.some(item => item.id === one.id)))
        expect(one.end).toBeLessThanOrEqual(endsAt)
    }
  }
  await sandbox.close()
  return ours.length
}

describe.each(['UTC', 'America/New_York', 'Asia/Kolkata'])('on a machine in %s', zone => {
  const before = process.env['TZ']
  beforeAll(() => void (process.env['TZ'] = zone))
  afterAll(() => {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  })

  it('series take place when the calendar says, whatever happened to their instances', async () => {
    let seen = 0
    await fc.assert(
      fc.asyncProperty(fc.array(anySeries, { minLength: 1, maxLength: 3 }), async series => {
        seen += await check(series)
      }),
      { numRuns: runs(40) },
    )
    expect(seen).toBeGreaterThan(1_000)
  })
})
