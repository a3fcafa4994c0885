import type { LadderStep } from '../../core/config.ts'
import { CHANNELS, OUTLET_CHANNELS, type Channel } from '../../core/event.ts'
import type { Plan, PlanStep } from '../../core/plan.ts'
import { choose } from './choose.ts'
import { waitForDigest } from './digest.ts'
import { stopNeedless } from './due.ts'
import type { RoutedEvent, RouteFacts } from './facts.ts'
import { capChannel, findMute, findWish, governPush, keepQuiet, muted, type Wish } from './person.ts'
import { waitForSight } from './presence.ts'
import { fallbackFor, isForDigest, isRequired, ladderFor, neverFor } from './type-rules.ts'

/**
 * Decides which channels an event goes out on, and says why for every channel there is. Pure and total: the same event,
 * facts and instant (ms) give the same plan. What is delivered later is judged by the instant of its delivery.
 *
 * The order, for each channel: what the event or a rule asks for; whether the person has seen it by now; what the person
 * switched; mute; the digest; what the person never opens; quiet hours; caps; where the person can be reached; whether the
 * person is looking anyway. A critical event passes over all that the person said or left unopened, but for the wish to
 * have it on one more channel. At the end come the steps of the type's ladder.
 *
 * It is asked when the event is appended, and once more when a step falls due (`facts.due`): the step is done only if it
 * is still to be sent.
 */
export function route(event: RoutedEvent, facts: RouteFacts, now: number): Plan {
  const choice = choose(event, facts.rules)
  /** The event itself named its channels: a wish may take one away then, and add none. */
  const named = choice.rule === 'channels' || choice.rule === 'channel_hint'
  const at = event.deliver_at === undefined ? now : Math.max(now, Date.parse(event.deliver_at))
  const expired = event.expires_at !== undefined && Date.parse(event.expires_at) <= now
  const person = event.level === 'critical' ? undefined : facts.person
  const mute = person === undefined ? null : findMute(person, event, at)
  const base = fallBack(CHANNELS.filter(isTold).map(channel => decide(channel)))
  const steps = facts.due === undefined ? climb(base) : base
  return { steps, rule: choice.rule, warnings: warnings(), inbox: event.type !== 'job.progress' }

  /** Where nobody has set up a command or webhook and nobody asks for one, nothing is said of them. */
  function isTold(channel: Channel): boolean {
    const isOptional = OUTLET_CHANNELS.some(optional => optional === channel)
    return !isOptional || facts.available.includes(channel) || choice.channels.includes(channel)
  }

  function decide(channel: Channel): PlanStep {
    // What is critical passes over whatever keeps it from the person, not over the wish to have it on one more channel.
    const wish = facts.person === undefined ? null : findWish(facts.person, event, channel)
    // Whoever wanted a step that falls due, be it a ladder or the lack of another channel, wants it still.
    if (facts.due?.channel === channel || choice.channels.includes(channel))
      return allow(channel, wish, REASON[choice.rule])
    if (!named && facts.outlets?.includes(channel) === true) return allow(channel, wish, 'outlet')
    if (wish !== null && wish.on !== false && !named) {
      const step = allow(channel, wish, 'preference')
      // What keeps it from going out is about something else than the wish.
      return step.action === 'suppress' ? step : { ...step, about: wish.about }
    }
    return suppress(channel, 'not_chosen')
  }

  /** What may still keep a wanted channel from being sent on. */
  function allow(channel: Channel, wish: Wish | null, reason: string): PlanStep {
    if (neverFor(event.type).includes(channel)) return suppress(channel, 'never_for_type')
    if (expired) return suppress(channel, 'expired')
    if (!facts.available.includes(channel)) return suppress(channel, 'not_available')
    const needless = stopNeedless(facts.due, channel, now)
    if (needless !== null) return needless
    if (person !== undefined) {
      const unwanted = refuse(channel, wish)
      if (unwanted !== null && isRequired(event.type, channel)) return { channel, action: 'send', reason: 'required' }
      if (unwanted !== null) return unwanted
    }
    // What has turned out to lead nowhere is not held: it would go out later to whoever has it already.
    if (facts.due?.reason === 'lost' && facts.due.channel === channel) return suppress(channel, 'unreachable')
    const gathered = waitForDigest(event, facts, { channel, wish, at })
    if (gathered !== null) return gathered
    // A digest that falls due was looked at as a whole: it is one mail, at an instant that the person chose.
    if (person !== undefined && facts.due?.reason !== 'digest') {
      const kept =
        governPush(person, event, channel) ?? keepQuiet(person, event, channel, at) ?? capChannel(person, channel)
      if (kept !== null) return kept
    }
    if (facts.unreachable?.includes(channel) === true) return suppress(channel, 'unreachable')
    return waitIfLooking(channel, reason) ?? { channel, action: 'send', reason }
  }

  /** Only what takes the place of push waits as push does. Where the event shows in no client, there is nothing to see. */
  function waitIfLooking(channel: Channel, reason: string): PlanStep | null {
    const reaches = channel === 'push' || reason === 'fallback'
    if (!reaches || at > now || !showsLive()) return null
    return waitForSight(event, facts, channel, at)
  }

  function showsLive(): boolean {
    return decide('ws').action === 'send'
  }

  function refuse(channel: Channel, wish: Wish | null): PlanStep | null {
    if (wish?.on === false) return { ...suppress(channel, 'preference'), about: wish.about }
    return mute === null ? null : muted(channel, mute)
  }

  /** Where one channel reaches nobody, the next one takes its place, unless the event or the person left that out. */
  function fallBack(decided: readonly PlanStep[]): readonly PlanStep[] {
    const lost = decided.filter(({ reason }) => reason === 'unreachable')
    const next = new Set(lost.flatMap(({ channel }) => fallbackFor(event.type, channel)))
    return decided.map(step => {
      if (named || step.reason !== 'not_chosen') return step
      if (step.channel === 'email' && decided.some(({ reason }) => reason === 'governor')) return gatherGoverned(step)
      if (!next.has(step.channel)) return step
      const wish = person === undefined ? null : findWish(person, event, step.channel)
      return allow(step.channel, wish, 'fallback')
    })
  }

  /** What is not worth a push to the person any more may be worth a line in the digest. */
  function gatherGoverned(step: PlanStep): PlanStep {
    const wish = person === undefined ? null : findWish(person, event, 'email')
    if (wish?.on === false) return step
    const gathered = allow('email', { on: 'digest', about: event.type }, 'fallback')
    return gathered.action === 'hold' ? gathered : step
  }

  /** What is tried again later. A channel that the usual ladder leads to may be on its way already. */
  function climb(decided: readonly PlanStep[]): readonly PlanStep[] {
    const own = facts.ladders?.[event.type]
    if (choice.channels.length === 0 || expired) return decided
    const goes = (channel: Channel): boolean =>
      decided.some(step => step.channel === channel && step.action !== 'suppress')
    const rungs = own ?? ladderFor(event.type).filter(rung => !goes(rung.channel))
    const climbed = rungs.flatMap(rung => climbOne(rung) ?? [])
    const replaced = new Set(climbed.map(step => step.channel).filter(channel => !goes(channel)))
    return [...decided.filter(step => !replaced.has(step.channel)), ...climbed]
  }

  function climbOne({ channel, after, unless }: LadderStep): PlanStep | null {
    if (named && !choice.channels.includes(channel)) return null
    const until = at + after
    const wish = person === undefined ? null : findWish(person, event, channel)
    const isUsable = facts.available.includes(channel) && facts.unreachable?.includes(channel) !== true
    const isLate = event.expires_at !== undefined && Date.parse(event.expires_at) <= until
    if (!isUsable || isLate || neverFor(event.type).includes(channel) || wish?.on === false) return null
    // It would be dropped when it falls due; better not to promise it.
    if (person !== undefined && (findMute(person, event, until) ?? governPush(person, event, channel)) !== null)
      return null
    return { channel, action: 'hold', reason: 'ladder', until: new Date(until).toISOString(), unless }
  }

  function warnings(): string[] {
    const found = choice.warning === null ? [] : [choice.warning]
    if (expired) found.push('`expires_at` had passed when the event arrived; it stands in the history only')
    for (const { channel, reason } of steps) {
      if (reason === 'never_for_type' && choice.channels.includes(channel)) {
        found.push(`${event.type} never goes out by ${channel}`)
      }
      if (reason === 'digest' && isForDigest(event.type) && choice.channels.includes(channel)) {
        found.push(`${event.type} goes out by ${channel} in a digest alone`)
      }
      if (reason === 'not_available' && named) found.push(`this agent cannot send by ${channel} yet`)
    }
    return found
  }
}

const REASON = {
  channels: 'channels',
  channel_hint: 'channel_hint',
  type: 'type_rule',
  pattern: 'pattern_rule',
  default: 'default',
} as const

function suppress(channel: Channel, reason: string): PlanStep {
  return { channel, action: 'suppress', reason }
}
