import type { Channel, EcEvent } from '../../core/event.ts'
import type { Plan, PlanStep } from '../../core/plan.ts'
import {
  CAPPED_CHANNELS,
  digestZone,
  judgeQuietHours,
  NO_PREFERENCES,
  quietZone,
  type Person,
} from '../../core/preferences.ts'
import type { DigestFacts, DueFacts, PresenceFacts, RoutedEvent, RouteFacts } from './facts.ts'
import type { People } from './people.ts'
import { capChannel } from './person.ts'
import { route } from './route.ts'
import type { Tally } from './tally.ts'

/** Plans that are remembered; events come in few kinds, and a flood of invented types must not cost memory. */
const REMEMBERED = 1_000

export type PlannedEvent = RoutedEvent & Pick<EcEvent, 'id' | 'user_id'>

export interface PlannerOptions {
  readonly facts: Pick<RouteFacts, 'rules' | 'ladders'>
  /** The channels that this agent can send on at present. */
  readonly available: () => readonly Channel[]
  /** On which of them a command or webhook is set up for such an event. */
  readonly outletsOf?: (event: PlannedEvent) => readonly Channel[]
  readonly people: Pick<People, 'find'>
  readonly tally: Tally
  readonly presenceOf: (userId: string) => PresenceFacts
  /** Whether types that a person never opens are taken out of push. */
  readonly governs?: boolean
}

/** `route` with its facts. */
export interface Planner {
  plan(event: PlannedEvent, now: number): Plan
  /** Asks once more, about a step that falls due. */
  planAgain(event: PlannedEvent, due: DueFacts, now: number): Plan
  /** When a person's digest comes. */
  digestOf(userId: string): DigestFacts
  /** Counts a digest as the one mail that it is. What keeps it from being sent, when the person had enough mail; else null. */
  admitDigest(userId: string, digest: string, now: number): PlanStep | null
}

/**
 * Events of one kind share one plan, so that a stream of them neither decides nor writes the same thing again and again:
 * among all who have no preferences and can be reached in the same ways, and for a person who has some as long as the
 * hour changes nothing. A plan that hangs on the instant, on who looks or on what went out before is made afresh.
 */
export function createPlanner(options: PlannerOptions): Planner {
  const { facts, people, tally, presenceOf, outletsOf = () => [] } = options
  const shared = new Map<string, Plan>()
  const personal = new WeakMap<Person, Span>()

  function plan(event: PlannedEvent, now: number): Plan {
    const person = people.find(event.user_id)
    const make = (): Plan => routeFor(person, event, now)
    const outlets = outletsOf(event).join('+')
    const hangsOnInstant = event.expires_at !== undefined || event.deliver_at !== undefined
    if (person === null) return hangsOnInstant ? make() : remember(shared, `${outlets} ${kindOf(event)}`, make)
    if (Object.keys(person.preferences.caps).length > 0) return count(person, event, make(), now)
    if (hangsOnInstant || presenceOf(person.id).focused > 0) return make()
    if (isPlain(person)) return remember(shared, `${outlets} ${reachOf(person)} ${kindOf(event)}`, make)
    return remember(plansOf(person, now), `${outlets} ${personalKindOf(person, event)}`, make)
  }

  function planAgain(event: PlannedEvent, due: DueFacts, now: number): Plan {
    const person = people.find(event.user_id)
    const made = routeFor(person, event, now, due)
    // Whoever counted it when it was planned counts it once; what a digest gathers is one mail.
    return due.reason === 'digest' ? made : count(person, event, made, now)
  }

  function digestOf(userId: string): DigestFacts {
    const person = people.find(userId) ?? { tz: null, preferences: NO_PREFERENCES }
    return { rule: person.preferences.digest, zone: digestZone(person) }
  }

  function admitDigest(userId: string, digest: string, now: number): PlanStep | null {
    const person = people.find(userId)
    if (person === null || Object.keys(person.preferences.caps).length === 0) return null
    const over = capChannel({ preferences: person.preferences, sent: tally.count(userId, now, digest) }, 'email')
    if (over === null) tally.note(userId, 'email', digest, now)
    return over
  }

  function routeFor(person: Person | null, event: PlannedEvent, now: number, due?: DueFacts): Plan {
    const lost = due?.reason === 'lost' ? [due.channel] : []
    const unreachable = [...CAPPED_CHANNELS.filter(channel => person?.reach[channel] !== true), ...lost]
    const presence = person === null ? {} : { presence: presenceOf(person.id) }
    const digest = digestOf(event.user_id)
    const all = {
      ...facts,
      ...presence,
      digest,
      available: options.available(),
      outlets: outletsOf(event),
      unreachable,
      ...(due ? { due } : {}),
    }
    if (person === null || isPlain(person)) return route(event, all, now)
    const { preferences } = person
    const sent = tally.count(person.id, now, event.id)
    const governed = options.governs === true ? person.governed : []
    return route(event, { ...all, person: { preferences, zone: quietZone(person), sent, governed } }, now)
  }

  /** What goes out is counted here, before it is stored, so that those of one batch know of each other. */
  function count(person: Person | null, event: PlannedEvent, made: Plan, now: number): Plan {
    if (person === null || Object.keys(person.preferences.caps).length === 0) return made
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

  return { plan, planAgain, digestOf, admitDigest }
}

/** Of whom nothing is known but where to be reached. */
function isPlain({ preferences, governed }: Person): boolean {
  return preferences === NO_PREFERENCES && governed.length === 0
}

/** Plans of a person who has preferences, and how long they are good (ms). */
interface Span {
  readonly from: number
  readonly until: number
  readonly plans: Map<string, Plan>
}

/** When the clock alone changes what a person's preferences say. */
function nextChange(person: Person, now: number): number {
  const { mute } = person.preferences
  const quiet = judgeQuietHours({ ...person, zone: quietZone(person) }, now)?.until ?? null
  const ends = mute.flatMap(({ until }) => (until === undefined ? [] : [Date.parse(until)]))
  return Math.min(quiet ?? Infinity, ...ends.filter(end => end > now))
}

function remember(plans: Map<string, Plan>, kind: string, make: () => Plan): Plan {
  const known = plans.get(kind)
  if (known) return known
  const made = make()
  // The instant of a step of a ladder, or of the next digest, is counted from this event's own.
  if (made.steps.some(step => step.reason === 'ladder' || step.reason === 'digest')) return made
  if (plans.size >= REMEMBERED) plans.clear()
  plans.set(kind, made)
  return made
}

function reachOf({ reach }: Person): string {
  return CAPPED_CHANNELS.filter(channel => reach[channel]).join('+')
}

function kindOf(event: RoutedEvent): string {
  return `${event.type} ${event.level} ${event.channel_hint ?? ''} ${event.channels?.join() ?? '-'}`
}

/** Threads come without number, so only those count that are muted. */
function personalKindOf({ preferences }: Person, event: RoutedEvent): string {
  const muted = event.thread !== undefined && preferences.mute.some(({ thread }) => thread === event.thread)
  return `${kindOf(event)} ${JSON.stringify([event.service, muted ? event.thread : null])}`
}
