import type { DiagnosticContext } from '../../web/diagnostics/context.ts'
import type { FakeClock } from './fake-clock.ts'

/** A browser in which everything is right, on a clock of the test's; the test puts what is wrong in its place. */
export function openDiagnosticWorld(clock: FakeClock, over: Partial<DiagnosticContext> = {}): DiagnosticContext {
  return {
    clock,
    random: () => 'a-nonce-of-the-test',
    agent: { call: unused, open: unused, health: unused, openSocket: unused },
    surroundings: {
      isSecure: true,
      foreign: null,
      userAgent: 'A test',
      language: 'en',
      tz: 'UTC',
      isInstalled: false,
      isIos: false,
      hasWorkers: true,
      hasPush: true,
      hasBadge: true,
    },
    storage: { tryDatabase: async () => true, tryCookie: () => true, readDevice: async () => 'dev_1' },
    workers: null,
    notifications: { permission: () => 'granted', maxActions: 2 },
    desk: null,
    sound: { play: async () => 'played' },
    media: { try: async () => ({ found: 'ok', name: 'A camera', level: null }) },
    power: { read: async () => ({ saver: false, battery: 1, charging: true }) },
    version: '1.0.0',
    ...over,
  }
}

function unused(): never {
  throw new Error('the test at hand does not reach this')
}
