import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import { toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import { NO_PREFERENCES, type Person } from '../../core/preferences.ts'
import { isTimeZone } from '../../core/time-zone.ts'

export interface PeopleOptions {
  readonly store: Pick<Store, 'getPerson' | 'listPeople'>
  readonly bus: Bus
  readonly log: Log
}

/** Those who have preferences, a device or an address, in memory: every event asks. */
export interface People {
  /** Null for all who never said anything and can be reached nowhere. The same object as long as nothing changed. */
  find(userId: string): Person | null
  /** Resolves when `find` gives what the store holds. */
  refresh(userId: string): Promise<void>
  close(): void
}

const PAGE = 1000

/** Resolves when everybody is known. */
export async function openPeople(options: PeopleOptions): Promise<People> {
  const { store, bus, log } = options
  let people = new Map<string, Person>()
  /** An answer of the store that was asked for before a newer question is void. */
  let asked = 0
  const answered = new Map<string, number>()

  async function refresh(userId: string): Promise<void> {
    const turn = (asked += 1)
    answered.set(userId, turn)
    const person = await store.getPerson(userId)
    if (answered.get(userId) !== turn) return
    answered.delete(userId)
    if (person !== null && isOfNote(person)) people.set(userId, readable(person))
    else people.delete(userId)
  }

  async function refreshAll(): Promise<void> {
    const found = new Map<string, Person>()
    for (let after: string | null = '0'; after !== null;) {
      const page: Awaited<ReturnType<typeof store.listPeople>> = await store.listPeople({ limit: PAGE, after })
      for (const person of page.rows) if (isOfNote(person)) found.set(person.id, readable(person))
      after = page.next
    }
    people = found
  }

  await refreshAll()
  const ends = [
    bus.subscribe('changed', ({ what, id }) => {
      if (what === 'user') refresh(id).catch(warn)
    }),
    bus.subscribe('restored', () => void refreshAll().catch(warn)),
  ]

  /** A zone was checked when it was set, by a Node that may have known others: what nobody can read must not end an emit. */
  function readable(person: Person): Person {
    const { quiet_hours, digest } = person.preferences
    const zones = [person.tz, quiet_hours?.tz, digest?.tz].filter(zone => typeof zone === 'string')
    const unknown = zones.filter(zone => !isTimeZone(zone))
    if (unknown.length === 0) return person
    for (const zone of unknown) log.warn('a time zone is not known here, UTC takes its place', { zone })
    return {
      ...person,
      tz: known(person.tz ?? undefined) ?? null,
      preferences: {
        ...person.preferences,
        quiet_hours: quiet_hours && { ...quiet_hours, tz: known(quiet_hours.tz) },
        digest: digest && { ...digest, tz: known(digest.tz) },
      },
    }
  }

  function warn(error: unknown): void {
    log.warn('preferences could not be read again', { code: toEcError(error).code })
  }

  return {
    find: userId => people.get(userId) ?? null,
    refresh,
    close() {
      for (const end of ends) end()
    },
  }
}

function known(zone: string | undefined): string | undefined {
  return zone === undefined || isTimeZone(zone) ? zone : undefined
}

function isOfNote({ preferences, reach }: Person): boolean {
  return preferences !== NO_PREFERENCES || reach.push || reach.email
}
