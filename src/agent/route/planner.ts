import type { EcEvent } from '../../core/event.ts'
import type { Plan } from '../../core/plan.ts'
import { CAPPED_CHANNELS, quietZone, type Person } from '../../core/preferences.ts'
import { judgeQuiet } from '../../core/quiet-hours.ts'
import type { RoutedEvent, RouteFacts } from './facts.ts'
import type { People } from './people.ts'
import { route } from './route.ts'
import type { Tally } from './tally.ts'

/** Plans that are remembered; events come in few kinds, and a flood of invented types must not cost memory. */
const REMEMBERED = 1_000

export type PlannedEvent = RoutedEvent & Pick<EcEvent, 'id' | 'user_id'>

export interface PlannerOptions {
  readonly facts: Pick<RouteFacts, 'available' | 'rules'>
  readonly people: Pick<People, 'find'>
  readonly tally: Tally
}

/**
 * `route` with its facts. Events of one kind share one plan, so that a stream of them neither decides nor writes the
 * same thing again and again: among all who have no preferences, and for a person who has some as long as the hour
 * changes nothing. A plan that hangs on the instant or on what went out before is made afresh.
 */
export function createPlanner(options: PlannerOptions): (event: PlannedEvent, now: number) => Plan {
  const { facts, people, tally } = options
  const shared = new Map<string, Plan>()
  const personal = new WeakMap<Person, Span>()

  return function plan(event, now) {
    const person = people.find(event.user_id)
    if (person === null) {
      if (event.expires_at !== undefined) return route(event, facts, now)
      return remember(shared, kindOf(event), () => route(event, facts, now))
    }
    if (Object.keys(person.preferences.caps).length > 0) return count(person, event, now)
    if (event.expires_at !== undefined || event.deliver_at !== undefined) return routeFor(person, event, now)
    return remember(plansOf(person, now), personalKindOf(person, event), () => routeFor(person, event, now))
  }

  function routeFor(person: Person, event: PlannedEvent, now: number): Plan {
    const sent = tally.count(person.id, now)
    return route(event, { ...facts, person: { preferences: person.preferences, zone: quietZone(person), sent } }, now)
  }

  /** What goes out is counted here, before it is stored, so that those of one batch know of each other. */
  function count(person: Person, event: PlannedEvent, now: number): Plan {
    const made = routeFor(person, event, now)
    for (const channel of CAPPED_CHANNELS) {
      const goes = made.steps.some(step => step.channel === channel && step.action === 'send')
      if (goes) tally.note(person.id, channel, event.id, now)
    }
    return made
  }

  function plansOf(person: Person, now: number): Map<string, Plan> {
    const span = personal.get(person)
    if (span !== undefined && span.from <= now && now < span.until) return span.plans
    const made = { from: now, until: nextChange(person, now), plans: new Map<string, Plan>() }
    personal.set(person, made)
    return made.plans
  }
}

/** Plans of a person who has preferences, and how long they are good (ms). */
interface Span {
  readonly from: number
  readonly until: number
  readonly plans: Map<string, Plan>
}

/** When the clock alone changes what a person's preferences say. */
function nextChange(person: Person, now: number): number {
  const { quiet_hours, mute } = person.preferences
  const quiet = quiet_hours === null ? null : judgeQuiet(now, quietZone(person), quiet_hours).until
  const ends = mute.flatMap(({ until }) => (until === undefined ? [] : [Date.parse(until)]))
  return Math.min(quiet ?? Infinity, ...ends.filter(end => end > now))
}

function remember(plans: Map<string, Plan>, kind: string, make: () => Plan): Plan {
  const known = plans.get(kind)
  if (known) return known
  const made = make()
  if (plans.size >= REMEMBERED) plans.clear()
  plans.set(kind, made)
  return made
}

function kindOf(event: RoutedEvent): string {
  return `${event.type} ${event.level} ${event.channel_hint ?? ''} ${event.channels?.join() ?? '-'}`
}

/** Threads come without number, so only those count that are muted. */
function personalKindOf({ preferences }: Person, event: RoutedEvent): string {
  const muted = event.thread !== undefined && preferences.mute.some(({ thread }) => thread === event.thread)
  return `${kindOf(event)} ${JSON.stringify([event.service, muted ? event.thread : null])}`
}
