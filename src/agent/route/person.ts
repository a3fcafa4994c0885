import type { Channel } from '../../core/event.ts'
import { isGovernable, keepsPush } from '../../core/governor.ts'
import type { PlanStep } from '../../core/plan.ts'
import { CAPPED_CHANNELS, judgeQuietHours, type CappedChannel, type Mute, type Scope } from '../../core/preferences.ts'
import { compareSpecificity, matchesType } from '../../core/type-pattern.ts'
import type { PersonFacts, RoutedEvent } from './facts.ts'

/** What a person switched for a channel; `about` names the entry that says so. */
export interface Wish {
  readonly on: boolean | 'digest'
  readonly about: string
}

/**
 * What the person says of a channel for events as this one; null = nothing. The closest entry that speaks of the channel
 * counts: the type by its name, the service, a family of types (the longer first).
 */
export function findWish({ preferences }: PersonFacts, event: RoutedEvent, channel: Channel): Wish | null {
  const [entry] = preferences.channels
    .filter(one => one[channel] !== undefined && matches(one, event, Number.NEGATIVE_INFINITY))
    .toSorted((a, b) => compareSpecificity(closeness(a), closeness(b)))
  return entry === undefined ? null : { on: entry[channel] ?? false, about: nameOf(entry) }
}

/** The entry that mutes the event at an instant (ms); the one that lasts longest. */
export function findMute({ preferences }: PersonFacts, event: RoutedEvent, at: number): Mute | null {
  const [mute] = preferences.mute.filter(one => matches(one, event, at)).toSorted((a, b) => endOf(b) - endOf(a))
  return mute ?? null
}

export function muted(channel: Channel, mute: Mute): PlanStep {
  const until = mute.until === undefined ? {} : { until: mute.until }
  return { channel, action: 'suppress', reason: 'muted', about: nameOf(mute), ...until }
}

/**
 * The step of a channel in quiet hours: held until they end, or left out when the event does not last so long. Null
 * outside of them, on `ws`, which only shows something to a person who looks at it, and for commands and webhooks, which
 * wake nobody by themselves.
 */
export function keepQuiet(person: PersonFacts, event: RoutedEvent, channel: Channel, at: number): PlanStep | null {
  const rule = person.preferences.quiet_hours
  if (rule === null || !isCapped(channel) || rule.allow_levels?.includes(event.level) === true) return null
  const { quiet = false, until = null } = judgeQuietHours(person, at) ?? {}
  if (!quiet) return null
  const ends = until === null ? null : new Date(until).toISOString()
  if (ends === null || (event.expires_at !== undefined && Date.parse(event.expires_at) <= Date.parse(ends))) {
    return { channel, action: 'suppress', reason: 'expires_in_quiet_hours', ...(ends === null ? {} : { until: ends }) }
  }
  return { channel, action: 'hold', reason: 'quiet_hours', until: ends }
}

/** The step of a channel on which the person has had enough; null while there is room. */
export function capChannel({ preferences, sent }: Omit<PersonFacts, 'zone'>, channel: Channel): PlanStep | null {
  if (!isCapped(channel)) return null
  const { per_hour = Infinity, per_day = Infinity } = preferences.caps[channel] ?? {}
  const { hour, day } = sent[channel]
  if (hour >= per_hour) return { channel, action: 'suppress', reason: 'over_cap', about: `${per_hour} an hour` }
  if (day >= per_day) return { channel, action: 'suppress', reason: 'over_cap', about: `${per_day} a day` }
  return null
}

/** The step of push for a type of which the person opened next to nothing; null while it goes out. */
export function governPush(person: PersonFacts, event: RoutedEvent, channel: Channel): PlanStep | null {
  const { governed = [], preferences } = person
  if (channel !== 'push' || !governed.includes(event.type)) return null
  if (!isGovernable(event) || keepsPush(preferences, event.type)) return null
  return { channel, action: 'suppress', reason: 'governor', about: event.type }
}

function isCapped(channel: Channel): channel is CappedChannel {
  return CAPPED_CHANNELS.some(capped => capped === channel)
}

function matches(entry: Scope & Pick<Mute, 'until'>, event: RoutedEvent, at: number): boolean {
  if (endOf(entry) <= at) return false
  if (entry.type !== undefined) return matchesType(entry.type, event.type)
  if (entry.service !== undefined) return entry.service === event.service
  return entry.thread !== undefined && entry.thread === event.thread
}

function endOf({ until }: Pick<Mute, 'until'>): number {
  return until === undefined ? Infinity : Date.parse(until)
}

/** As a pattern over types: a service stands between one type and any family of types. */
function closeness({ type }: Scope): string {
  return type ?? SERVICE
}
/** Longer than any family can be. */
const SERVICE = `${'s'.repeat(200)}.*`

/** As a person reads it. */
function nameOf({ type, service, thread }: Scope): string {
  if (type !== undefined) return type
  return service === undefined ? `thread ${thread}` : `service ${service}`
}
