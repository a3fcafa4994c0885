import { judge, type CheckResult } from '../core/check.ts'
import type { Clock, Timer } from '../core/clock.ts'

const LOOK_EVERY_MS = 5_000
/** Time services slew smaller steps; a laptop's sleep shows as a jump forward too, and is told the same way. */
const JUMP_MS = 10_000
/** How long a jump is shown. */
const SHOWN_MS = 3_600_000

export interface ClockWatch {
  check(): CheckResult
  stop(): void
}

/** Notices when the wall clock moves otherwise than time passes, and tells by how much. */
export function watchClock(clock: Clock, jumped: (byMs: number) => void): ClockWatch {
  let offset = clock.now() - clock.monotonic()
  let last: { readonly byMs: number; readonly at: number } | null = null
  let timer: Timer = clock.setTimer(look, LOOK_EVERY_MS)

  function look(): void {
    const now = clock.now() - clock.monotonic()
    const byMs = now - offset
    offset = now
    if (Math.abs(byMs) >= JUMP_MS) {
      last = { byMs, at: clock.monotonic() }
      jumped(byMs)
    }
    timer = clock.setTimer(look, LOOK_EVERY_MS)
  }

  return {
    stop: () => timer.cancel(),
    check() {
      if (!last || clock.monotonic() - last.at > SHOWN_MS) return judge('clock.steady', 'ok')
      const minutes = Math.round(Math.abs(last.byMs) / 60_000)
      const way = last.byMs > 0 ? 'forward' : 'back'
      return judge('clock.steady', 'warn', `it jumped ${minutes} min ${way}; nothing was lost`)
    },
  }
}
