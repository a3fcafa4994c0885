import type { CenterOptions } from '../../center/center.ts'
import { createPageClock } from '../../center/page-clock.ts'
import type { PushDesk } from '../../push/push-desk.ts'
import type { AgentPort, DiagnosticContext, NotificationPort } from '../context.ts'
import { createAgentPort } from './agent-port.ts'
import { lookAround } from './look-around.ts'
import { createMediaPort } from './media-port.ts'
import { createPowerPort } from './power-port.ts'
import { createSoundPort } from './sound-port.ts'
import { createStoragePort } from './storage-port.ts'
import { createWorkerPort } from './worker-port.ts'

declare const EC_VERSION: string

export interface ContextOptions {
  /** Of the agent; ends in a slash. */
  readonly url: string
  readonly token: CenterOptions['token']
  /** The script of the service worker of this site; null = it has none for notifications. */
  readonly worker: string | null
  readonly openDesk: (call: AgentPort['call'], worker: string | null) => PushDesk
}

/** The browser as it is. */
export function openContext({ url, token, worker, openDesk }: ContextOptions): DiagnosticContext {
  const clock = createPageClock()
  const agent = createAgentPort(url, token, clock)
  return {
    clock,
    agent,
    desk: openDesk(agent.call, worker),
    random: () =>
      Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join(''),
    surroundings: lookAround(url),
    storage: createStoragePort(),
    workers: worker === null ? null : createWorkerPort(worker, clock),
    notifications: createNotificationPort(),
    sound: createSoundPort(clock),
    media: createMediaPort(clock),
    power: createPowerPort(),
    version: EC_VERSION,
  }
}

function createNotificationPort(): NotificationPort | null {
  if (!('Notification' in globalThis)) return null
  const maxActions: unknown = Reflect.get(Notification, 'maxActions')
  return { permission: () => Notification.permission, maxActions: typeof maxActions === 'number' ? maxActions : 0 }
}
