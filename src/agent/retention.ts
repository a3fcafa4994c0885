import type { Store } from '../backends/store.ts'
import type { Clock, Timer } from '../core/clock.ts'
import { toEcError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'

/** How long things are kept, in ms. */
export interface RetentionPeriods {
  readonly progress: number
  readonly events: number
  /** Without their bodies: that they came, and what came of it. */
  readonly notifications: number
  readonly bodies: number
  readonly calls: number
  readonly jobs: number
  readonly traces: number
}

export interface RetentionOptions {
  readonly store: Pick<Store, 'prune'>
  readonly clock: Clock
  readonly log: Log
  readonly periods: RetentionPeriods
}

const EVERY_MS = 600_000
/** The governor of pushes looks 32 days back. */
const ENGAGEMENT_MS = 35 * 86_400_000
/** What a browser said of itself this long ago says nothing of today. */
const REPORTS_MS = 90 * 86_400_000
/** So long an expired sign-in link is told from one that never was. */
const EXPIRED_MS = 7 * 86_400_000
/** Rows of each kind in one transaction: small enough that nobody who writes meanwhile waits long. */
const SLICE = 500
const PAUSE_MS = 20

/** Removes what is no longer kept, slice by slice, now and then. */
export function startRetention(options: RetentionOptions): { stop(): Promise<void> } {
  const { store, clock, log, periods } = options
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  let timer: Timer = clock.setTimer(run, EVERY_MS / 10)

  function run(): void {
    running = pass().catch((error: unknown) => log.error('retention failed', { code: toEcError(error).code }))
    timer = clock.setTimer(run, EVERY_MS)
  }

  async function pass(): Promise<void> {
    let removed = 0
    for (;;) {
      const now = clock.now()
      const gone = await store.prune(
        {
          progressBefore: now - periods.progress,
          eventsBefore: now - periods.events,
          bodiesBefore: now - periods.bodies,
          notificationsBefore: now - periods.notifications,
          callsBefore: now - periods.calls,
          jobsBefore: now - periods.jobs,
          tracesBefore: now - periods.traces,
          engagementBefore: now - ENGAGEMENT_MS,
          reportsBefore: now - REPORTS_MS,
          sessionsBefore: now - EXPIRED_MS,
        },
        SLICE,
      )
      removed += gone
      if (gone === 0 || stopped) break
      await new Promise<void>(resolve => void clock.setTimer(resolve, PAUSE_MS))
    }
    if (removed > 0) log.info('retention removed old rows', { rows: removed })
  }

  return {
    async stop() {
      stopped = true
      timer.cancel()
      await running
    },
  }
}
