// A month of calendars in seconds: the whole agent beside stand-ins of Google that really push, on one clock that is moved by
// hand. Counts what it takes to know of every change, against two pollers; then lets go wrong what can, and compares the copy
// with the truth at the end.
//   node bench/month.js [--calendars 10] [--users 1] [--days 30] [--seed 1] [--only savings|faults] [--changes 5] [--fault NAME]
// With several users each has an account and so many calendars of his own, all in one agent; what that takes of the quota of the
// project is set beside what a poller takes that asks for one user's calendars every five minutes.
import { parseArgs } from 'node:util'
import { createLife, createRandom, instantsOf, LIFE } from './support/calendar-life.js'
import { compareCopies, countAnnouncements } from './support/compare-copies.js'
import { openSyncWorld } from './support/sync-world.js'

const { values } = parseArgs({
  options: {
    calendars: { type: 'string', default: '10' },
    users: { type: 'string', default: '1' },
    days: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    changes: { type: 'string' },
    fault: { type: 'string' },
  },
})
const [calendars, days, seed] = [Number(values.calendars), Number(values.days), Number(values.seed)]
const users = Number(values.users)
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const PEOPLE = Array.from({ length: users }, (_, n) => (n === 0 ? 'ana@example.com' : `user${n}@example.com`))
/** So often a day does a poller ask for a calendar that looks every five minutes, with one call for each. */
const EVERY_5_MIN = 288
/** Google's own, of a minute: for all of a project, and for one account of it (developers.google.com/workspace/calendar/api/guides/quota). */
const GOOGLES_QUOTA = { project: 10_000, account: 600 }

/** What goes wrong, by name. `at(hour)`: what happens in that hour of the month; hours are counted from 0. */
const FAULTS = {
  none: {},
  'drop 5 %': { order: [{ on: 'push', kind: 'drop', rate: 0.05 }] },
  'drop 20 %': { order: [{ on: 'push', kind: 'drop', rate: 0.2 }] },
  'drop 50 %': { order: [{ on: 'push', kind: 'drop', rate: 0.5 }] },
  'duplicate 20 %': { order: [{ on: 'push', kind: 'duplicate', rate: 0.2 }] },
  'reorder 20 %': { order: [{ on: 'push', kind: 'reorder', rate: 0.2, delay_ms: 600_000 }] },
  '5xx and cuts': {
    order: [
      { kind: 'status', status: 503, rate: 0.05 },
      { kind: 'cut', rate: 0.02 },
    ],
  },
  'storms of 429': {
    at: (hour, { control }) => {
      if (hour % 48 === 10) control.fault({ kind: 'status', status: 429, retry_after: 30, times: 40 })
    },
  },
  'tokens expire': {
    at: (hour, { control, ids }) => {
      if (hour % 36 === 12)
        control.mutate({ do: 'calendar.expire-tokens', calendar: ids[((hour / 12) % ids.length) | 0] })
    },
  },
  'channels end early': { manners: { watch_life_ms: 6 * HOUR_MS } },
  'channels go mute': {
    at: (hour, { control, world }) => {
      if (hour % 60 !== 9) return
      const [row] = world.query("select id from subscriptions where state = 'active' order by n limit 1")
      if (row !== undefined) control.mutate({ do: 'channel.mute', channel: row.id })
    },
  },
  'asleep at night': {
    // From 22:00 to 7:00 nothing runs; the clock goes on.
    sleeps: hour => hour % 24 >= 22 || hour % 24 < 7,
  },
  'dead tunnel for two days': {
    at: (hour, { control }) => {
      if (hour === 5 * 24) control.fault({ on: 'push', kind: 'refuse' })
      if (hour === 7 * 24) control.faults.clear()
    },
  },
}

async function month({ changes, fault = {} }) {
  const { order = [], manners = {}, at = () => {}, sleeps = () => false } = fault
  const started = performance.now()
  const cpu = process.cpuUsage()
  const accounts = PEOPLE.map(email => ({ email, timeZone: 'Europe/Madrid' }))
  const world = await openSyncWorld({ seed, manners, accounts })
  const { control } = world.sandbox
  const random = createRandom(seed)
  const resources = new Map()
  for (const person of PEOPLE) {
    const own = [person]
    while (own.length < calendars) {
      const summary = `Calendar ${own.length}`
      own.push(control.mutate({ do: 'calendar.create', account: person, summary }).id)
    }
    const [user] = person.split('@')
    const account = await world.signIn(person, { user })
    for (const id of own) resources.set(id, await world.watch(account, id, 'google-calendar', user))
  }
  const ids = [...resources.keys()]
  await world.warmUp()
  // The first reads and watches are no part of the month.
  await world.advance(10 * 60_000)
  await world.advanceTo(Math.ceil(world.clock.now() / DAY_MS) * DAY_MS)
  const from = world.clock.now()
  for (const spec of order) control.fault(spec)
  const lives = ids.map(id => ({ id, life: createLife(control, id, random) }))
  let done = 0
  for (let day = 0; day < days; day++) {
    const plan = lives
      .flatMap(({ life }) => instantsOf(from + day * DAY_MS, changes, random).map(instant => ({ instant, life })))
      .sort((a, b) => a.instant - b.instant)
    for (let hour = 0; hour < 24; hour++) {
      const nth = day * 24 + hour
      if (sleeps(nth) !== world.isAsleep) await (world.isAsleep ? world.wake() : world.sleep())
      at(nth, { control, world, ids })
      const end = from + (nth + 1) * HOUR_MS
      while (plan[0] !== undefined && plan[0].instant < end) {
        const { instant, life } = plan.shift()
        await world.advanceTo(instant)
        life.live()
        done += 1
      }
      await world.advanceTo(end)
    }
  }
  if (world.isAsleep) await world.wake()
  const to = world.clock.now()
  const counted = countCalls(world, from, to)
  control.faults.clear()
  // What is left to be found is found by the daily read at the latest.
  await world.advance(26 * HOUR_MS)
  const copies = compareCopies(world, resources)
  const announced = countAnnouncements(world)
  const figures = readFigures(world, from, to)
  const { user, system } = process.cpuUsage(cpu)
  await world.close()
  const baseline = ids.length * 96
  const perDay = counted.compared / days
  return {
    changes,
    done,
    ...copies,
    announced_twice: announced.twice,
    calls_a_day: round(perDay),
    fewer_than_old: percent(1 - perDay / (baseline * 3)),
    fewer_than_honest: percent(1 - perDay / baseline),
    quota: quotaOf(perDay, counted.peaks),
    by_cause: counted.byCause,
    ledger_is_the_wire: counted.onWire === counted.inLedger ? true : `${counted.inLedger} of ${counted.onWire}`,
    ...figures,
    cpu_ms_a_read: round((user + system) / 1000 / Math.max(1, figures.reads)),
    seconds: round((performance.now() - started) / 1000),
  }
}

/** What it took to know, by the ledger; and whether the stand-ins saw as many requests. */
function countCalls(world, from, to) {
  const rows = world.query(
    `select cause, count(*) as calls from calls where provider = 'google-calendar' and at >= ? and at < ? group by 1`,
    from,
    to,
  )
  const byCause = Object.fromEntries(rows.map(({ cause, calls }) => [cause, calls]))
  const compared = ['webhook', 'polling', 'full', 'user', 'renew', 'probe'].reduce(
    (sum, cause) => sum + (byCause[cause] ?? 0),
    0,
  )
  const [{ calls: inLedger }] = world.query(`select count(*) as calls from calls`)
  const peaks = {
    project: busiestMinute(world, from, to, 'at / 60000'),
    account: busiestMinute(world, from, to, 'at / 60000, account'),
  }
  return { byCause, compared, peaks, inLedger, onWire: world.requests() }
}

/** Calls of Google Calendar in the busiest minute by the clock. */
function busiestMinute(world, from, to, per) {
  const [row] = world.query(
    `select count(*) as calls from calls where provider = 'google-calendar' and at >= ? and at < ?
     group by ${per} order by 1 desc limit 1`,
    from,
    to,
  )
  return row?.calls ?? 0
}

/** What all users together take, beside a poller of one of them; and how many of them take no more than he does. */
function quotaOf(perDay, peaks) {
  const poller = calendars * EVERY_5_MIN
  return {
    users,
    calls_a_day_of_a_user: round(perDay / users),
    calls_a_day_of_all: round(perDay),
    poller_of_one_user_every_5_min: poller,
    within_it: perDay <= poller,
    users_within_it: Math.floor(poller / (perDay / users)),
    busiest_minute: peaks,
    // He asks for all of them at once, or spreads them over his five minutes.
    busiest_minute_of_the_poller: { at_once: calendars, spread: Math.ceil(calendars / 5) },
    googles_own_a_minute: GOOGLES_QUOTA,
  }
}

function readFigures(world, from, to) {
  const runs = world.query(
    'select type, error, ended_at - notified_at as ms from sync_runs where ended_at >= ? and ended_at < ?',
    from,
    to,
  )
  const latencies = runs.flatMap(({ ms, error }) => (ms === null || error !== null ? [] : [ms])).sort((a, b) => a - b)
  const states = world.query(`select state, count(*) as c from notifications group by 1`)
  const of = state => states.find(row => row.state === state)?.c ?? 0
  return {
    reads: runs.length,
    polling_share: percent(runs.filter(({ type }) => type === 'polling').length / Math.max(1, runs.length)),
    processed: percent(of('processed') / Math.max(1, of('processed') + of('dead'))),
    notification_to_processed_p99_ms: latencies[Math.max(0, Math.ceil(latencies.length * 0.99) - 1)] ?? null,
  }
}

function round(n) {
  return Math.round(n * 10) / 10
}

function percent(part) {
  return `${round(part * 100)} %`
}

const result = { seed, users, calendars, days, life: LIFE, savings: [], faults: {} }
if (values.only !== 'faults' && values.fault === undefined) {
  const rates = values.changes === undefined ? [2, 5, 12, 30] : [Number(values.changes)]
  for (const changes of rates) result.savings.push(await month({ changes }))
}
if (values.only !== 'savings') {
  for (const [name, fault] of Object.entries(FAULTS)) {
    if (values.fault !== undefined && values.fault !== name) continue
    result.faults[name] = await month({ changes: Number(values.changes ?? 5), fault })
  }
}
console.log(JSON.stringify(result, null, 2))
