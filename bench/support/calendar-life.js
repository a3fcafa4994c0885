// What happens to calendars: somebody makes, moves, renames and deletes meetings, now and then a series or one meeting of it.
// The same seed gives the same life.

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Working hours, in which things happen. */
const BEGIN_HOUR = 8
const END_HOUR = 20
/** How often a change is followed by another of the same calendar within a minute: whoever edits, edits twice. */
const FOLLOWED = 0.2
/** What is done, of a hundred changes. */
const CREATE = 30
const MOVE = 60
const RENAME = 75
const REMOVE = 88
const EXCEPTION = 94

export const LIFE = {
  hours: `${BEGIN_HOUR}:00 to ${END_HOUR}:00 UTC, evenly`,
  followed_within_a_minute: FOLLOWED,
  of_a_hundred: {
    created: CREATE,
    moved: MOVE - CREATE,
    renamed: RENAME - MOVE,
    deleted: REMOVE - RENAME,
    'one of a series changed or deleted': EXCEPTION - REMOVE,
    'series created': 100 - EXCEPTION,
  },
}

/** mulberry32: small, and the same everywhere. */
export function createRandom(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The instants of a day's changes of one calendar, ascending; `mean` of them on average. */
export function instantsOf(day, mean, random) {
  const count = Math.floor(mean) + (random() < mean % 1 ? 1 : 0)
  const instants = []
  while (instants.length < count) {
    const at = day + (BEGIN_HOUR + random() * (END_HOUR - BEGIN_HOUR)) * HOUR_MS
    instants.push(at)
    if (instants.length < count && random() < FOLLOWED) instants.push(at + random() * MINUTE_MS)
  }
  return instants.sort((a, b) => a - b)
}

/** Changes one calendar of the sandbox, as somebody else; what was done. */
export function createLife(control, calendar, random) {
  const meetings = []
  const series = []
  let names = 0

  function live() {
    const dice = random() * 100
    if (dice < CREATE || meetings.length === 0) return create()
    if (dice < MOVE) return change(pick(meetings), { ...span() }, 'moved')
    if (dice < RENAME) return change(pick(meetings), { summary: `Renamed ${++names}` }, 'renamed')
    if (dice < REMOVE) return remove()
    if (dice < EXCEPTION && series.length > 0) return changeOne(pick(series))
    return createSeries()
  }

  function create() {
    const { id } = control.mutate({ do: 'event.create', calendar, event: { summary: `Meeting ${++names}`, ...span() } })
    meetings.push(id)
    return 'created'
  }

  function createSeries() {
    const days = ['MO', 'TU', 'WE', 'TH', 'FR']
    const start = Math.floor(control.now() / DAY_MS) * DAY_MS + (9 + Math.floor(random() * 8)) * HOUR_MS
    const { id } = control.mutate({
      do: 'event.create',
      calendar,
      event: {
        summary: `Series ${++names}`,
        start: at(start, 'Europe/Madrid'),
        end: at(start + HOUR_MS / 2, 'Europe/Madrid'),
        recurrence: [`RRULE:FREQ=WEEKLY;BYDAY=${pick(days)};COUNT=${2 + Math.floor(random() * 20)}`],
      },
    })
    series.push(id)
    return 'series created'
  }

  /** By the id that Google gives to one of a series: that of the series and its original start. */
  function changeOne(id) {
    const one = control.events(calendar).find(event => event.id === id)
    const start = one?.start?.dateTime
    if (start === undefined) return create()
    const day = new Date(Date.parse(start) + 7 * DAY_MS * Math.floor(random() * 3))
    const instance = `${id}_${day.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')}`
    try {
      if (random() < 0.5) control.mutate({ do: 'event.delete', calendar, id: instance })
      else control.mutate({ do: 'event.patch', calendar, id: instance, event: { summary: `One of it ${++names}` } })
      return 'one of a series'
    } catch {
      // It has no such day: a change of summer time, or its end.
      return change(id, { summary: `Series, renamed ${++names}` }, 'renamed')
    }
  }

  function change(id, event, what) {
    control.mutate({ do: 'event.patch', calendar, id, event })
    return what
  }

  function remove() {
    const [id] = meetings.splice(Math.floor(random() * meetings.length), 1)
    control.mutate({ do: 'event.delete', calendar, id })
    return 'deleted'
  }

  function span() {
    const start = control.now() + Math.floor(random() * 28) * DAY_MS + Math.floor(random() * 16) * (HOUR_MS / 2)
    return { start: at(start), end: at(start + HOUR_MS) }
  }

  function pick(list) {
    return list[Math.floor(random() * list.length)]
  }

  return { live }
}

function at(ms, timeZone = 'UTC') {
  return { dateTime: new Date(ms).toISOString(), timeZone }
}
