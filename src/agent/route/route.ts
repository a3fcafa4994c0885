import { CHANNELS, type Channel } from '../../core/event.ts'
import type { Plan, PlanStep } from '../../core/plan.ts'
import { choose } from './choose.ts'
import type { RoutedEvent, RouteFacts } from './facts.ts'
import { neverFor } from './type-rules.ts'

/**
 * Decides which channels an event goes out on, and says why for every channel there is. Pure and total: the same event,
 * facts and instant (ms) give the same plan.
 */
export function route(event: RoutedEvent, facts: RouteFacts, now: number): Plan {
  const choice = choose(event, facts.rules)
  const expired = event.expires_at !== undefined && Date.parse(event.expires_at) <= now
  const steps = CHANNELS.map(channel => decide(channel))
  return { steps, rule: choice.rule, warnings: warnings(), inbox: event.type !== 'job.progress' }

  function decide(channel: Channel): PlanStep {
    if (!choice.channels.includes(channel)) return suppress(channel, 'not_chosen')
    if (neverFor(event.type).includes(channel)) return suppress(channel, 'never_for_type')
    if (expired) return suppress(channel, 'expired')
    if (!facts.available.includes(channel)) return suppress(channel, 'not_available')
    return { channel, action: 'send', reason: REASON[choice.rule] }
  }

  function warnings(): string[] {
    const found = choice.warning === null ? [] : [choice.warning]
    if (expired) found.push('`expires_at` had passed when the event arrived; it stands in the history only')
    const asked = choice.rule === 'channels' || choice.rule === 'channel_hint'
    for (const { channel, reason } of steps) {
      if (reason === 'never_for_type') found.push(`${event.type} never goes out by ${channel}`)
      if (reason === 'not_available' && asked) found.push(`this agent cannot send by ${channel} yet`)
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
