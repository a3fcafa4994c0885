import { fetchKey } from './agent-calls.ts'
import type { DeskPorts, Permission } from './desk-ports.ts'
import { judgeSupport } from './judge-support.ts'
import { PushProblem } from './push-problem.ts'
import type { PushState } from './push-desk.ts'
import { stateOf, storedRecord } from './reconcile.ts'
import { register } from './register.ts'
import { subscribe } from './subscribe.ts'

/** See `PushDesk.enable`; `permission` was asked for in the click. Rejects when browser or agent do not do their part. */
export async function enable(ports: DeskPorts, permission: Permission): Promise<PushState> {
  const unable = judgeSupport(ports.abilities())
  if (unable !== null) return stateOf(unable)
  if (permission !== 'granted') return stateOf(permission === 'denied' ? 'denied' : 'off')
  const [key, record, worker] = await Promise.all([fetchKey(ports), storedRecord(ports), ports.worker()])
  if (key === null) return stateOf('no-key')
  const found = await worker.push.current()
  const isTheirs =
    found !== null && record?.endpoint !== found.endpoint && !worker.isOurs && !found.hasKey(key.publicKey)
  if (isTheirs) {
    throw new PushProblem("the site's worker has a subscription of another service; a worker has one only")
  }
  const subscription = await subscribe(ports, worker.push, key, found)
  ports.choices.setOff(false)
  const state = await register(ports, worker.push, subscription, key, record)
  if (state.status !== 'switched-off') return state
  // It was removed elsewhere, and nobody had noticed here; now the person wants it.
  ports.choices.setOff(false)
  return register(ports, worker.push, await subscribe(ports, worker.push, key, null), key, null)
}
