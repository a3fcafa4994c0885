import type { AgentRecord } from '../shared/agent-record.ts'
import { addParcel, readOutbox } from '../shared/outbox.ts'
import type { DeskPorts } from './desk-ports.ts'

/**
 * Ends push here and at the agent. The subscription ends first, so that nothing shows any more, whatever the agent says;
 * one that cannot be reached is told later. `known` false: the agent needs not be told. Never rejects.
 */
export async function leave(ports: DeskPorts, record: AgentRecord, known = true): Promise<void> {
  const { base, device, secret, endpoint } = record
  await ports.box.change('record', () => undefined).catch(() => {})
  await unsubscribe(ports, endpoint).catch(() => {})
  if (!known) return
  try {
    await ports.call('DELETE', '/api/push/subscribe', { device, secret })
  } catch (error) {
    if (isRefusal(error)) return
    const farewell = { kind: 'farewell', base, device, secret, at: ports.now() } as const
    await ports.box.change('outbox', value => addParcel(readOutbox(value), farewell)).catch(() => {})
    ports.order({ ec: 'flush' })
  }
}

/** Never another service's, which a site's own worker may have. */
async function unsubscribe(ports: DeskPorts, endpoint: string): Promise<void> {
  const worker = await ports.worker()
  const found = await worker.push.current()
  if (found !== null && (worker.isOurs || found.endpoint === endpoint)) await found.unsubscribe()
}

/** The agent has answered, and will not answer otherwise: it does not know the device. */
function isRefusal(error: unknown): boolean {
  const status: unknown = error instanceof Error ? Reflect.get(error, 'status') : null
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 408 && status !== 429
}
