import type { StoredEvent } from '../../backends/store.ts'
import type { Channel, EcEvent } from '../../core/event.ts'
import type { PlanStep, TraceRow } from '../../core/plan.ts'
import { RECEIPTS } from '../../core/receipt.ts'
import { SENTENCES } from './sentences.ts'

/**
 * Tells what became of an event, one sentence a line: what was decided for each channel and why, what came of it, and
 * what the person did. Pure; `now` (ms) only decides whether it has expired. `silent` are devices that take pushes and never
 * say that they showed one.
 */
export function explain(
  stored: StoredEvent,
  trace: readonly TraceRow[],
  now: number,
  silent: ReadonlySet<string> = new Set(),
): readonly string[] {
  const event: EcEvent = JSON.parse(stored.json)
  const { plan } = stored
  return [
    SENTENCES.accepted(event.created_at, event.type, event.service ?? null),
    SENTENCES.rule(plan.rule),
    ...plan.warnings.map(SENTENCES.note),
    ...(isWaiting(stored) ? [SENTENCES.waits(event.deliver_at ?? 'its instant')] : []),
    ...plan.steps.flatMap((step, place) => [
      ...explainStep(step, stored, event, trace),
      // A ladder may have several steps of one channel, and what became of them is told after the last.
      ...(plan.steps.slice(place + 1).some(later => later.channel === step.channel)
        ? []
        : explainRows(step.channel, stored, trace, silent)),
    ]),
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
        ...(step.channel === 'ws' && !isWaiting(stored) ? explainSending(step.channel, stored, trace) : []),
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

/** What became of an event at each device or address, and what was decided after the plan. */
function explainRows(
  channel: Channel,
  stored: StoredEvent,
  trace: readonly TraceRow[],
  silent: ReadonlySet<string>,
): readonly string[] {
  if (channel === 'ws') return []
  const rows = trace.filter(row => row.channel === channel)
  const told = rows.filter((row, place) => {
    // On its way, or tried again: true only as long as nothing newer is known of the same target.
    const isPassing = row.step === 'queued' || row.step === 'retrying'
    return !isPassing || !rows.slice(place + 1).some(later => later.target === row.target)
  })
  return told.flatMap(row => [
    explainRow(channel, row, stored.userId),
    ...(isUnshown(row, rows, silent) ? [SENTENCES.unshown(channel, row.about ?? 'a device')] : []),
  ])
}

/** A device that shows nothing else can have shown this. */
function isUnshown(row: TraceRow, rows: readonly TraceRow[], silent: ReadonlySet<string>): boolean {
  if (row.step !== 'sent' || row.target === undefined || !silent.has(row.target)) return false
  return !rows.some(({ step, target }) => target === row.target && RECEIPTS.some(what => what === step))
}

function explainRow(channel: Channel, row: TraceRow, user: string): string {
  const { reason = 'nobody knows why', about = 'a device', until = 'later', at } = row
  switch (row.step) {
    case 'held':
      return SENTENCES.held({ channel, action: 'hold', reason, until, about }, user)
    case 'dropped':
      return SENTENCES.dropped({ ...row, channel, action: 'suppress', reason }, user)
    case 'queued':
      return reason === 'digest' ? SENTENCES.gathered(channel, about) : SENTENCES.queued(channel, about)
    case 'sent':
      return reason === 'digest' ? SENTENCES.takenInDigest(channel, about, at) : SENTENCES.taken(channel, about, at)
    case 'retrying':
      return SENTENCES.retrying(channel, about, reason, until)
    case 'failed':
      return SENTENCES.failed(channel, about, reason)
    case 'gone':
      return SENTENCES.gone(channel, about, reason)
    case 'received':
    case 'shown':
    case 'clicked':
    case 'dismissed':
      return SENTENCES.told(channel, about, row.step, at)
    default:
      return row.step satisfies never
  }
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
