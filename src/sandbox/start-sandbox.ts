import type { Clock } from '../core/clock.ts'
import { createBusy } from './busy.ts'
import { createCalendarService } from './calendar/calendar-service.ts'
import { calendarRoutes } from './calendar/calendar-routes.ts'
import { createFaultBook } from './faults/fault-book.ts'
import { createHolds } from './faults/hold.ts'
import { openServer } from './http/server.ts'
import { createLog } from './log.ts'
import { mannersSchema } from './manners.ts'
import { createGate } from './oauth/gate.ts'
import { createGrants } from './oauth/grants.ts'
import { createPoster } from './push/post.ts'
import { createPusher } from './push/pusher.ts'
import { createRandom } from './random.ts'
import { createSandboxClock } from './sandbox-clock.ts'

export interface SandboxOptions {
  readonly clock: Clock
  readonly seed?: number
  readonly port?: number
}

export async function startSandbox({ clock: base, seed = 1, port = 0 }: SandboxOptions) {
  const random = createRandom(seed)
  const clock = createSandboxClock(base)
  const manners = mannersSchema.parse({})
  const log = createLog(clock)
  const busy = createBusy()
  const holds = createHolds(clock)
  const faults = createFaultBook(random.fork())
  const poster = createPoster()
  const pusher = createPusher({ poster, log, faults, holds, busy })
  const grants = createGrants(clock, random.fork(), () => manners)
  const gate = createGate(clock, grants, () => manners)
  const calendar = createCalendarService({ clock, random: random.fork(), manners: () => manners, gate, pusher })
  const server = await openServer({
    port,
    routes: calendarRoutes(calendar),
    log,
    faults,
    holds,
    accountOf: header => grants.find(header)?.account ?? '',
  })
  return { url: server.url, calendar, grants, clock, log, faults, close: () => server.close() }
}
