import type { PushPort, Subscription } from '../shared/push-port.ts'
import type { PushKey } from './agent-calls.ts'
import type { DeskPorts } from './desk-ports.ts'
import { PushProblem } from './push-problem.ts'

/** Chromium waits for its push service without an end. */
const SUBSCRIBE_MS = 20_000

/** The subscription with this key: the one that is there, or another in its place. No person is asked anything. */
export async function subscribe(
  ports: Pick<DeskPorts, 'wait'>,
  push: PushPort,
  { publicKey }: PushKey,
  found: Subscription | null,
): Promise<Subscription> {
  if (found?.hasKey(publicKey) === true) return found
  await found?.unsubscribe()
  const late = ports.wait(SUBSCRIBE_MS).then((): never => {
    throw new PushProblem('the browser did not reach its push service within 20 s')
  })
  return Promise.race([push.subscribe(publicKey), late])
}
