import type { AgentRecord } from '../shared/agent-record.ts'
import { isObject } from '../shared/is-object.ts'
import type { PushPort, Subscription } from '../shared/push-port.ts'
import { codeOf, type PushKey } from './agent-calls.ts'
import { nameOf } from './browser-kind.ts'
import type { DeskPorts } from './desk-ports.ts'
import { leave } from './leave.ts'
import { PushProblem } from './push-problem.ts'
import type { PushState } from './push-desk.ts'
import { subscribe } from './subscribe.ts'

/**
 * Tells the agent of the subscription, and the worker of the agent. `former` proves that this browser is a device already,
 * which it stays. A device that the person removed elsewhere is switched off here.
 */
export async function register(
  ports: DeskPorts,
  push: PushPort,
  subscription: Subscription,
  key: PushKey,
  former: AgentRecord | null,
): Promise<PushState> {
  try {
    return await tell(ports, subscription, key, former)
  } catch (error) {
    if (codeOf(error) === 'EC_DEVICE_REMOVED' && former !== null) {
      ports.choices.setOff(true)
      await leave(ports, former, false)
      return { status: 'switched-off', device: null, problem: null }
    }
    if (codeOf(error) !== 'EC_ENDPOINT_GONE') throw error
    // The push service has ended what the browser still takes for its subscription.
    await subscription.unsubscribe()
    return tell(ports, await subscribe(ports, push, key, null), key, former)
  }
}

async function tell(
  ports: DeskPorts,
  subscription: Subscription,
  { keyId }: PushKey,
  former: AgentRecord | null,
): Promise<PushState> {
  const { base, home, links, lang, tz } = ports.site
  // Another agent's device is none of this one's.
  const proof = former?.base === base ? { device: former.device, secret: former.secret } : {}
  const traits = { ...nameOf(ports.abilities().kind), locale: lang, tz }
  const body = { subscription: subscription.toJSON(), key_id: keyId, ...proof, ...traits }
  const { device, secret } = readAnswer(await ports.call('POST', '/api/push/subscribe', body))
  const { endpoint } = subscription
  const record: AgentRecord = { base, device, secret, keyId, endpoint, home, links, lang }
  // Without a store pushes still show; they lack what only the record knows.
  await ports.box.change('record', () => record).catch(() => {})
  return { status: 'on', device, problem: null }
}

function readAnswer(answer: unknown): { readonly device: string; readonly secret: string } {
  if (isObject(answer) && isObject(answer['device'])) {
    const [device, secret] = [answer['device']['id'], answer['secret']]
    if (typeof device === 'string' && typeof secret === 'string') return { device, secret }
  }
  throw new PushProblem('the agent answered something else than a device')
}
