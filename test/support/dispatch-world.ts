import { onTestFinished } from 'vitest'
import type { Dispatcher } from '#ec/agent/dispatch/dispatcher.js'
import type { DispatchWorld } from '#ec/agent/dispatch/outlets/world.js'
import type { EventItem } from '#ec/backends/store.js'
import type { ApiCall } from '#ec/core/api-call.js'
import { createSystemClock } from '#ec/core/clock.js'
import type { EcEvent } from '#ec/core/event.js'
import type { LogFields } from '#ec/core/log.js'
import { silentLog } from '#ec/core/log.js'
import type { CommandOutlet, WebhookOutlet } from '#ec/core/outlet.js'

export interface TestWorld extends DispatchWorld {
  /** Outlets may come and go while a test runs. */
  readonly channels: { readonly exec: CommandOutlet[]; readonly webhook: WebhookOutlet[] }
  /** What was counted. */
  readonly calls: readonly ApiCall[]
  /** What was switched, by its key in the store. */
  readonly switched: ReadonlyMap<string, boolean>
  readonly logged: readonly { readonly message: string; readonly fields: LogFields }[]
}

/** What channels are made from, without an agent around it. */
export function createTestWorld(env: DispatchWorld['env'] = process.env): TestWorld {
  const calls: ApiCall[] = []
  const switched = new Map<string, boolean>()
  const logged: { readonly message: string; readonly fields: LogFields }[] = []
  const note = (message: string, fields: LogFields = {}): void => void logged.push({ message, fields })
  return {
    channels: { exec: [], webhook: [] },
    store: {
      listFeatures: async () => Object.fromEntries(switched),
      setFeature: async (name, on) => void switched.set(name, on),
    },
    clock: createSystemClock(),
    log: { ...silentLog, debug: note, warn: note },
    env,
    random: Math.random,
    record: call => void calls.push(call),
    calls,
    switched,
    logged,
  }
}

/** Closes a channel with the test. */
export function closing(dispatcher: Dispatcher): Dispatcher {
  onTestFinished(() => dispatcher.close?.())
  return dispatcher
}

let made = 0

/** A stored event as the stage hands it over. */
export function anItem(userId: string, fields: Partial<EcEvent> = {}): EventItem {
  made += 1
  const event: EcEvent = {
    id: `evt_${made}`,
    user_id: userId,
    type: 'task.created',
    title: 'A task',
    body: 'of some kind',
    level: 'info',
    created_at: '2026-01-05T09:00:00.000Z',
    ...fields,
  }
  return { kind: 'event', userId, seq: made, id: event.id, json: JSON.stringify(event), ws: true, progressKey: null }
}

/** A signal that nobody aborts. */
export function never(): AbortSignal {
  return new AbortController().signal
}
