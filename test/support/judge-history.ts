import { reader } from '#ec/providers/google-calendar/reader.js'
import { readChange } from '#ec/providers/google-calendar/read-change.js'
import { isRecord, type JsonRecord } from '#ec/core/peek.js'
import type { Item } from '#ec/core/item.js'
import type { Resource } from '#ec/core/resource.js'
import { SEEN_CHANGES, type SeenChange } from './copy-watch.ts'
import { aResource, anAccount } from './store-samples.ts'

const PERSON = 'ana@example.com'

/** A told event, as far as it matters here. */
interface Told {
  readonly type: string
  readonly title: string
  readonly created_at: string
  readonly data: Readonly<Record<string, unknown>>
}

/** An agent's store after a history, beside what the services hold in truth. */
export interface Outcome {
  /** Calendar to resource. */
  readonly resources: ReadonlyMap<string, string>
  /** What each of them holds. */
  readonly truth: ReadonlyMap<string, readonly JsonRecord[]>
  readonly mailbox: string
  readonly mails: readonly ExpectedMail[]
  /** The agent was killed at random moments, and not where a test said. */
  readonly killedByChance?: boolean
  /** Rows of the store, in which `watchCopies` has kept what changed. */
  query<Row>(text: string, ...values: readonly unknown[]): readonly Row[]
}

/** A mail that came, and how often the person has to hear of it once the mailbox has been read for the first time. */
export interface ExpectedMail {
  readonly id: string
  readonly wanted: 'once' | 'at most once' | 'never'
  /** When it came into the inbox. */
  readonly at: number
}

/** What a history has led to that must not be; none, however the history went. */
export function judgeHistory(outcome: Outcome): readonly string[] {
  return [...judgeCopies(outcome), ...judgeAnnouncements(outcome), ...judgeMail(outcome), ...judgeWork(outcome)]
}

/** Each copy is what its calendar holds: by id and ETag, removed instances too. */
function judgeCopies(outcome: Outcome): readonly string[] {
  const rows = outcome.query<{ readonly resource: string; readonly json: string }>(
    'select resources.id as resource, json from items join resources on resources.n = resource_n',
  )
  return [...outcome.resources].flatMap(([calendar, resource]) => {
    const truth = versionsOf(outcome.truth.get(calendar) ?? [])
    const copy = versionsOf(rows.flatMap(row => (row.resource === resource ? [JSON.parse(row.json)] : [])))
    const ids = new Set([...truth.keys(), ...copy.keys()])
    return [...ids].flatMap(id => {
      const [wanted, found] = [truth.get(id) ?? 'nothing', copy.get(id) ?? 'nothing']
      return wanted === found ? [] : [`${calendar} ${id} is ${wanted}, and its copy ${found}`]
    })
  })
}

/** Of one that was taken out of a series lists tell the id alone, or nearly. */
function versionsOf(events: readonly JsonRecord[]): ReadonlyMap<string, string> {
  return new Map(
    events.map(({ id, status, etag }) => [String(id), status === 'cancelled' ? 'cancelled' : String(etag)]),
  )
}

/**
 * The store has kept each change of each copy by itself. What a person would see of it was told, once and in order, unless
 * it was of the first read, or one of so many that they were summed up.
 */
function judgeAnnouncements({ query, mailbox }: Outcome): readonly string[] {
  const told = query<{ readonly json: string }>(
    `select json from events where type like 'calendar.event.%' or type = 'sync.changes' order by n`,
  ).map(({ json }): Told => JSON.parse(json))
  const summedUp = new Set(
    told.flatMap(({ type, data }) => (type === 'sync.changes' ? [String(data['resource'])] : [])),
  )
  const seen = new Map<string, SeenChange[]>()
  for (const change of query<SeenChange>(SEEN_CHANGES)) {
    if (change.resource === mailbox) continue
    const key = `${change.resource} ${change.id}`
    seen.set(key, [...(seen.get(key) ?? []), change])
  }
  const heard = new Map<string, Told[]>()
  for (const event of told) {
    if (event.type === 'sync.changes') continue
    const key = `${event.data['resource_id']} ${event.data['event_id']}`
    heard.set(key, [...(heard.get(key) ?? []), event])
  }
  return [...new Set([...seen.keys(), ...heard.keys()])].flatMap(key => {
    const changes = (seen.get(key) ?? []).filter(({ generation }) => generation > 0)
    const events = heard.get(key) ?? []
    const isPart = changes.some(({ before, after }) => (itemOf(after ?? before)?.series ?? null) !== null)
    const found = events.map(({ type }) => type)
    const wanted = changes.flatMap(describe)
    // Of one of a series it depends on its series what is told; at most as often as it changed.
    const isWell =
      isPart || summedUp.has(key.split(' ')[0] ?? '') ? found.length <= changes.length : found.join() === wanted.join()
    return [
      ...(isWell ? [] : [`${key} was told as [${found.join()}], and what it did was [${wanted.join()}]`]),
      ...repeated(
        events.map(
          ({ type, title, created_at: at }) => `${key}: ${type} ${type.endsWith('.deleted') ? '' : `${title} ${at}`}`,
        ),
      ),
    ]
  })
}

/** Whose calendar it is says only whether it is told aloud. */
const RESOURCE: Resource = {
  ...aResource(),
  state: 'healthy',
  paused: false,
  hasSecret: true,
  accountId: 'a1',
  target: PERSON,
  lastNotificationAt: null,
}

function describe({ before, after }: SeenChange): readonly string[] {
  const [had, has] = [itemOf(before), itemOf(after)]
  if (had !== null && has !== null && had.version !== null && had.version === has.version) return []
  return reader
    .describe({ before: had, after: has }, RESOURCE, anAccount({ address: PERSON }), 0)
    .map(({ type }) => type)
}

function itemOf(json: string | null): Item | null {
  const parsed: unknown = json === null ? null : JSON.parse(json)
  const change = isRecord(parsed) ? readChange(JSON.parse(String(json))) : null
  return change?.type === 'upsert' ? change.item : null
}

function repeated(all: readonly string[]): readonly string[] {
  return [...new Set(all.filter((one, at) => all.indexOf(one) !== at))].map(one => `told twice: ${one}`)
}

/** Every mail that came into the inbox unread after the first read is told, once. */
function judgeMail({ query, mails, mailbox }: Outcome): readonly string[] {
  const [first] = query<{ readonly at: number | null }>(
    `select min(ended_at) as at from sync_runs where error is null
     and resource_n = (select n from resources where id = ?)`,
    mailbox,
  )
  const readAt = first?.at ?? null
  if (readAt === null) return ['the mailbox was never read']
  const told = query<{ readonly json: string }>(`select json from events where type = 'mail.received'`)
    .map(({ json }): Told => JSON.parse(json))
    .map(({ data }) => String(data['message_id']))
  const known = new Map(mails.map(mail => [mail.id, mail]))
  return [
    ...repeated(told),
    ...told
      .filter(id => (known.get(id)?.wanted ?? 'never') === 'never')
      .map(id => `mail ${id} was told, and nobody wanted to hear of it`),
    ...mails
      .filter(({ id, wanted, at }) => wanted === 'once' && at > readAt && !told.includes(id))
      .map(({ id }) => `mail ${id} was not told`),
  ]
}

/** Reads that failed for good while things went wrong; whatever else died is ours. */
const MAY_DIE = /^EC_(PROVIDER|TIMEOUT|RATE_LIMITED)\b/
/** Six kills in a row, by chance, and a job is taken for what kills the agent (ADR 2): another read follows. */
const WAS_KILLED = 'the agent ended while it ran'

/** Reads in vain for which nobody had announced anything: whoever is refused waits. */
const FAILED_AN_HOUR = 8

/** Nothing is left to be done, and nothing was given up that did not have to be. */
function judgeWork({ query, resources, killedByChance = false }: Outcome): readonly string[] {
  const waiting = query<{ readonly state: string; readonly count: number }>(
    `select state, count(*) as count from notifications where state in ('accepted', 'syncing') group by 1`,
  )
  const dead = query<{ readonly kind: string; readonly error: string | null }>(
    `select kind, error from jobs where state = 'dead'`,
  )
  const unwell = query<{ readonly id: string; readonly error: string | null; readonly pass: string | null }>(
    'select id, error, pass from syncs join resources on resources.n = resource_n where error is not null or pass is not null',
  )
  const driven = query<{ readonly id: string; readonly hour: number; readonly count: number }>(
    `select id, started_at / 3600000 as hour, count(*) as count from sync_runs join resources on resources.n = resource_n
     where error is not null and notifications = 0 group by 1, 2 having count(*) > ${FAILED_AN_HOUR}`,
  )
  return [
    ...driven.map(({ id, count }) => `${nameOf(resources, id)} was read in vain ${count} times within an hour`),
    ...waiting.map(({ state, count }) => `${count} notifications are still ${state}`),
    ...dead.flatMap(({ kind, error }) => {
      const isTheirs = (kind === 'sync.run' || kind === 'subscription.stop') && MAY_DIE.test(error ?? '')
      const isChance = killedByChance && (kind === 'sync.run' || kind === 'sync.fill') && error === WAS_KILLED
      return isTheirs || isChance ? [] : [`a job ${kind} died: ${error}`]
    }),
    ...unwell.map(({ id, error, pass }) => `${nameOf(resources, id)} is not read to its end: ${error ?? pass}`),
  ]
}

function nameOf(resources: ReadonlyMap<string, string>, id: string): string {
  return [...resources].find(([, resource]) => resource === id)?.[0] ?? id
}
