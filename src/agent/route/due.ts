import type { Channel } from '../../core/event.ts'
import { findStop, heedsSigns } from '../../core/person-signs.ts'
import type { PlanStep } from '../../core/plan.ts'
import type { DueFacts } from './facts.ts'

/**
 * The step of a channel that has become needless since it was planned, or that the person has put off (`now` in ms); null
 * while it is wanted.
 */
export function stopNeedless(due: DueFacts | undefined, channel: Channel, now: number): PlanStep | null {
  if (due === undefined || due.channel !== channel) return null
  if (!heedsSigns(channel, due.unless)) {
    return due.signs.retracted ? { channel, action: 'suppress', reason: 'retracted' } : null
  }
  const reason = findStop(due.signs, due.unless)
  if (reason !== null) return { channel, action: 'suppress', reason }
  const { snoozedUntil } = due.signs
  // Another end was named since, which has a step of its own.
  if (due.snooze !== undefined && due.snooze !== snoozedUntil) return { channel, action: 'suppress', reason: 'snoozed' }
  if (snoozedUntil === null || snoozedUntil <= now) return null
  // Whoever snoozed it again made another step for that.
  if (due.reason === 'snooze') return { channel, action: 'suppress', reason: 'snoozed' }
  return { channel, action: 'hold', reason: 'snoozed', until: new Date(snoozedUntil).toISOString() }
}
