import type { StoredEvent } from '../../backends/store.ts'
import type { Channel, EcEvent } from '../../core/event.ts'
import type { PlanStep, TraceRow } from '../../core/plan.ts'
import { SENTENCES } from './sentences.ts'

/**
 * Tells what became of an event, one sentence a line: what was decided for each channel and why, what came of it, and
 * what the person did. Pure; `now` (ms) only decides whether it has expired.
 */
export function explain(stored: StoredEvent, trace: readonly TraceRow[], now: number): readonly string[] {
  const event: EcEvent = JSON.parse(stored.json)
  const { plan } = stored
  return [
    SENTENCES.accepted(event.created_at, event.type, event.service ?? null),
    SENTENCES.rule(plan.rule),
    ...plan.warnings.map(SENTENCES.note),
    ...(isWaiting(stored) ? [SENTENCES.waits(event.deliver_at ?? 'its instant')] : []),
    ...plan.steps.flatMap(step => explainStep(step, stored, event, trace)),
    ...explainState(stored),
    ...(event.expires_at !== undefined && Date.parse(event.expires_at) <= now
      ? [SENTENCES.expired(event.expires_at)]
      : []),
  ]
}

function explainStep(
  step: PlanStep,
  stored: StoredEvent,
  event: EcEvent,
  trace: readonly TraceRow[],
): readonly string[] {
  switch (step.action) {
    case 'suppress':
      return [SENTENCES.suppressed(step, { type: event.type, rule: stored.plan.rule, user: stored.userId })]
    case 'hold':
      return [SENTENCES.held(step, stored.userId)]
    case 'send':
      return [
        ...SENTENCES.chosen(step, event.type, stored.userId),
        ...(isWaiting(stored) ? [] : explainSending(step.channel, stored, trace)),
      ]
    default:
      return step.action satisfies never
  }
}

function explainSending(channel: Channel, stored: StoredEvent, trace: readonly TraceRow[]): readonly string[] {
  const rows = trace.filter(row => row.channel === channel)
  const sent = rows.filter(row => row.step === 'sent' && row.reason !== 'replay')
  const replayed = rows.filter(row => row.step === 'sent' && row.reason === 'replay')
  const received = rows.filter(row => row.step === 'received')
  if (sent.length + replayed.length === 0) {
    if (stored.retractedAt !== null) return [SENTENCES.withdrawnFirst(channel)]
    return stored.seq === null ? [] : [SENTENCES.nobody(channel, stored.seq)]
  }
  return [
    ...sent.map(row => SENTENCES.sent(channel, row.count ?? 1, row.at)),
    ...firstOf(replayed, row => SENTENCES.replayed(channel, replayed.length, row.at)),
    ...(received.length === 0
      ? [SENTENCES.unconfirmed(channel)]
      : firstOf(received, row => SENTENCES.received(channel, received.length, row.at))),
  ]
}

function explainState(stored: StoredEvent): readonly string[] {
  const { seenAt, readAt, archivedAt, snoozedUntil, answeredAt, retractedAt } = stored
  return [
    ...tell(seenAt, SENTENCES.seen),
    ...tell(readAt, SENTENCES.read),
    ...tell(archivedAt, SENTENCES.archived),
    ...tell(snoozedUntil, SENTENCES.snoozed),
    ...tell(answeredAt, SENTENCES.answered),
    ...tell(retractedAt, SENTENCES.withdrawn),
  ]
}

function tell(at: number | null, sentence: (at: string) => string): readonly string[] {
  return at === null ? [] : [sentence(new Date(at).toISOString())]
}

function firstOf(rows: readonly TraceRow[], sentence: (row: TraceRow) => string): readonly string[] {
  const [first] = rows
  return first === undefined ? [] : [sentence(first)]
}

function isWaiting(stored: StoredEvent): boolean {
  return stored.seq === null && stored.retractedAt === null
}
