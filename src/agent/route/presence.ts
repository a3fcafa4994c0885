import type { Channel } from '../../core/event.ts'
import type { PlanStep } from '../../core/plan.ts'
import type { RoutedEvent, RouteFacts } from './facts.ts'
import { heldBackMs } from './type-rules.ts'

/**
 * The step of a channel that reaches for a person who is looking at a client of ours anyway: it is held back for a moment
 * in which the person may see the event there. Null when nobody looks, or when that moment has passed.
 *
 * A message in the conversation that is open in front of the person is not sent after it either.
 */
export function waitForSight(
  event: RoutedEvent,
  facts: Pick<RouteFacts, 'presence' | 'due'>,
  channel: Channel,
  at: number,
): PlanStep | null {
  const { presence, due } = facts
  const waitMs = event.level === 'critical' ? 0 : heldBackMs(event.type)
  if (presence === undefined || presence.focused === 0 || waitMs === 0 || (due?.unless ?? null) !== null) return null
  if (due?.channel === channel && due.reason === 'presence') {
    const isOpen = event.type === 'message.new' && event.thread !== undefined && presence.threads.includes(event.thread)
    return isOpen ? { channel, action: 'suppress', reason: 'on_thread' } : null
  }
  return { channel, action: 'hold', reason: 'presence', until: new Date(at + waitMs).toISOString() }
}
