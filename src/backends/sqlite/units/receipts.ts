import type { TraceStep } from '../../../core/plan.ts'
import type { Receipt, ReceiptEnd } from '../../store.ts'
import type { UnitContext } from '../unit.ts'
import { noteShown } from './devices.ts'
import { recordTraces } from './ledger.ts'
import { changeStates } from './states.ts'

/**
 * What a device says of an event becomes a line of its trace. Only of an event that was on its way to this device, so that
 * the secret of a device opens nothing else. An event that went out once more, as by a ladder, can be shown once more.
 */
export function recordReceipt(ctx: UnitContext, receipt: Receipt): ReceiptEnd {
  const { userId, eventId, device, label, what } = receipt
  const rows = ctx
    .sql<{ step: TraceStep; at: number }>(
      'select step, at from traces where event_id = ? and user_id = ? and target = ? order by n',
    )
    .all(eventId, userId, device)
  const sending = rows.findLastIndex(row => row.step === 'queued')
  const sent = rows[sending]
  if (sent === undefined) return { outcome: 'unknown', items: [] }
  if (rows.slice(sending).some(row => row.step === what)) return { outcome: 'repeated', items: [] }
  const at = Math.max(receipt.at, sent.at)
  recordTraces(ctx, [
    { userId, eventId, at, step: what, channel: 'push', target: device, reason: null, count: null, about: label },
  ])
  noteShown(ctx, device, at)
  const read = { userId, ids: [eventId], state: 'read', by: device, at, until: null } as const
  return { outcome: 'recorded', items: what === 'clicked' ? changeStates(ctx, read) : [] }
}
