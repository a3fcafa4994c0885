import type { Channel } from '../../core/event.ts'
import { findStop } from '../../core/person-signs.ts'
import type { PlanStep } from '../../core/plan.ts'
import type { DueFacts } from './facts.ts'

/** The step of a channel that has become needless since it was planned; null while it is wanted. */
export function stopNeedless(due: DueFacts | undefined, channel: Channel): PlanStep | null {
  if (due === undefined || due.channel !== channel) return null
  const reason = findStop(channel, due.signs, due.unless)
  return reason === null ? null : { channel, action: 'suppress', reason }
}
