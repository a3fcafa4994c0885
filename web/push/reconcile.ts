import { readRecord, type AgentRecord } from '../shared/agent-record.ts'
import type { Subscription } from '../shared/push-port.ts'
import { fetchKey, listDevices, type OwnDevice, type PushKey } from './agent-calls.ts'
import type { DeskPorts } from './desk-ports.ts'
import { judgeSupport } from './judge-support.ts'
import { leave } from './leave.ts'
import type { PushState } from './push-desk.ts'
import { register } from './register.ts'
import { subscribe } from './subscribe.ts'

/** A device counts as seen for so long; the agent keeps those of a user that were seen last. */
const SEEN_MS = 86_400_000

/** See `PushDesk.reconcile`. Rejects when browser or agent do not do their part. */
export async function reconcile(ports: DeskPorts): Promise<PushState> {
  const unable = judgeSupport(ports.abilities())
  if (unable !== null) return stateOf(unable)
  // What could not be said from here has a way now, perhaps: this page came over it.
  ports.order({ ec: 'flush' })
  const record = await storedRecord(ports)
  if (ports.choices.isOff) return end(ports, record, 'switched-off')
  const permission = ports.permission()
  if (permission !== 'granted') return end(ports, record, permission === 'denied' ? 'denied' : 'off')
  return step(ports, record)
}

/** The permission is there: whatever else is not right is set right. */
async function step(ports: DeskPorts, record: AgentRecord | null): Promise<PushState> {
  const worker = await ports.worker()
  const found = await worker.push.current()
  if (record === null && found === null) return stateOf('off')
  const [key, devices] = await Promise.all([fetchKey(ports), listDevices(ports)])
  if (key === null) return stateOf('no-key')
  // A site's own worker may have a subscription of another service: nobody asked us to take it away.
  if (record === null && !worker.isOurs && found?.hasKey(key.publicKey) === false) return stateOf('off')
  const subscription = await subscribe(ports, worker.push, key, found)
  if (record !== null && isInStep(record, subscription, key, devices, ports)) return stateOf('on', record.device)
  return register(ports, worker.push, subscription, key, record)
}

function isInStep(
  record: AgentRecord,
  subscription: Subscription,
  { keyId }: PushKey,
  devices: readonly OwnDevice[],
  { now, site }: DeskPorts,
): boolean {
  const known = devices.find(({ id }) => id === record.device)
  return (
    record.unsaid !== true &&
    record.endpoint === subscription.endpoint &&
    record.keyId === keyId &&
    record.base === site.base &&
    known !== undefined &&
    known.keyId === keyId &&
    now() - known.seenAt < SEEN_MS
  )
}

/** A record that is left over is of a subscription that must not go on. */
async function end(ports: DeskPorts, record: AgentRecord | null, status: PushState['status']): Promise<PushState> {
  if (record !== null) await leave(ports, record)
  return stateOf(status)
}

/** Null where nothing is kept, too. */
export async function storedRecord({ box }: Pick<DeskPorts, 'box'>): Promise<AgentRecord | null> {
  return readRecord(await box.read('record').catch(() => null))
}

export function stateOf(status: PushState['status'], device: string | null = null): PushState {
  return { status, device, problem: null }
}
