import type { Channel } from '../../core/event.ts'
import { DEFAULT_DIGEST } from '../../core/digest-rule.ts'
import { nextDigestAt } from '../../core/next-digest.ts'
import type { PlanStep } from '../../core/plan.ts'
import type { RoutedEvent, RouteFacts } from './facts.ts'
import { capChannel, type Wish } from './person.ts'
import { isForDigest } from './type-rules.ts'

/**
 * The step of mail that is not worth a mail of its own, by its type or by the person's wish: held until the person's next
 * digest after `at` (ms). Null for whatever goes alone, as all that is critical, and once the digest has come. Quiet hours
 * do not count: the person chose when the digest comes.
 */
export function waitForDigest(
  event: RoutedEvent,
  facts: RouteFacts,
  { channel, wish, at }: { readonly channel: Channel; readonly wish: Wish | null; readonly at: number },
): PlanStep | null {
  if (channel !== 'email' || event.level === 'critical' || facts.due?.reason === 'digest') return null
  if (wish?.on !== 'digest' && !isForDigest(event.type)) return null
  if (facts.unreachable?.includes(channel) === true) return { channel, action: 'suppress', reason: 'unreachable' }
  // A digest is one mail, whatever is in it: only who wants none at all gets none.
  const none = facts.person === undefined ? null : capChannel({ ...facts.person, sent: NOTHING_SENT }, channel)
  if (none !== null) return none
  const { rule, zone } = facts.digest ?? { rule: DEFAULT_DIGEST, zone: 'UTC' }
  const next = rule === null ? null : nextDigestAt(rule, zone, at)
  if (next === null) return { channel, action: 'suppress', reason: 'no_digest' }
  const until = new Date(next).toISOString()
  if (event.expires_at !== undefined && Date.parse(event.expires_at) <= next) {
    return { channel, action: 'suppress', reason: 'expires_before_digest', until }
  }
  return { channel, action: 'hold', reason: 'digest', until }
}

const NOTHING_SENT = { push: { hour: 0, day: 0 }, email: { hour: 0, day: 0 } } as const
