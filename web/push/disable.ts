import type { DeskPorts } from './desk-ports.ts'
import { judgeSupport } from './judge-support.ts'
import { leave } from './leave.ts'
import type { PushState } from './push-desk.ts'
import { stateOf, storedRecord } from './reconcile.ts'

/** See `PushDesk.disable` and `PushDesk.signOut`. Never rejects. */
export async function disable(ports: DeskPorts, status: 'switched-off' | 'off'): Promise<PushState> {
  if (status === 'switched-off') ports.choices.setOff(true)
  const unable = judgeSupport(ports.abilities())
  if (unable !== null) return stateOf(unable)
  const record = await storedRecord(ports)
  if (record !== null) await leave(ports, record)
  else await endOurs(ports).catch(() => {})
  return stateOf(status)
}

/** A subscription whose record was lost. */
async function endOurs(ports: DeskPorts): Promise<void> {
  const worker = await ports.worker()
  if (worker.isOurs) await (await worker.push.current())?.unsubscribe()
}
