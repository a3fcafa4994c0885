import type { Clock } from '../core/clock.ts'
import { createAccounts, type NewAccount } from './accounts.ts'
import { createBusy } from './busy.ts'
import { calendarRoutes } from './calendar/calendar-routes.ts'
import { createCalendarService } from './calendar/calendar-service.ts'
import { createControl, type SandboxControl } from './control/control.ts'
import { controlRoutes } from './control/control-routes.ts'
import { createFaultBook } from './faults/fault-book.ts'
import { createHolds } from './faults/hold.ts'
import { gmailRoutes } from './gmail/gmail-routes.ts'
import { createGmail } from './gmail/gmail-service.ts'
import { openServer } from './http/server.ts'
import { startBusyWeek } from './life/busy-week.ts'
import { createLog } from './log.ts'
import { mannersSchema } from './manners.ts'
import { createCodes } from './oauth/codes.ts'
import { createGate } from './oauth/gate.ts'
import { createGrants } from './oauth/grants.ts'
import { oauthRoutes } from './oauth/oauth-routes.ts'
import { createSigningKeys } from './oauth/signing-keys.ts'
import { createPubSub } from './pubsub/pubsub-service.ts'
import { pubsubRoutes } from './pubsub/pubsub-routes.ts'
import { createPoster } from './push/post.ts'
import { createPusher } from './push/pusher.ts'
import { createRandom } from './random.ts'
import { createSandboxClock } from './sandbox-clock.ts'
import { sandboxUrls, type SandboxUrls } from './urls.ts'

export interface SandboxOptions {
  /** The sandbox has a clock of its own, which follows this one. */
  readonly clock: Clock
  /** The same seed makes the same ids, pages and accidents. */
  readonly seed?: number
  /** 0 = a free one. */
  readonly port?: number
  /** How fast its clock goes; 0 = it stands until it is moved. */
  readonly rate?: number
  readonly accounts?: readonly NewAccount[]
  /** How the services behave (`mannersSchema`), where not as usual. */
  readonly manners?: unknown
  readonly life?: { readonly everyMs: number } | null
}

export interface Sandbox {
  readonly urls: SandboxUrls
  readonly control: SandboxControl
  close(): Promise<void>
}

const ACCOUNTS: readonly NewAccount[] = [{ email: 'ana@example.com', timeZone: 'Europe/Madrid' }]

/**
 * Stand-ins of Google Calendar, Gmail, Cloud Pub/Sub and Google's sign-in on loopback, in this process. They know the
 * wire and nothing of ours (`docs/sandbox.md`). Rejects as `listen` does when the port is taken.
 *
 * To simulate: let `rate` be 0 and move it with `control.advance`, which waits for every push on the way; or share a
 * clock that is moved by hand with it, and await `control.settled()` after each move.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock: base, seed = 1, port = 0, rate = 1, accounts: people = ACCOUNTS, life = null } = options
  const random = createRandom(seed)
  const clock = createSandboxClock(base, rate)
  const current = { current: mannersSchema.parse(options.manners ?? {}) }
  const manners = () => current.current
  const log = createLog(clock)
  const busy = createBusy()
  const held = createHolds(clock)
  const faults = createFaultBook(random.fork())
  const pusher = createPusher({ poster: createPoster(), log, faults, holds: createHolds(clock), busy })
  const keys = createSigningKeys(random.fork(), () => base.now())
  const grants = createGrants(clock, random.fork(), manners)
  const gate = createGate(clock, grants, manners)
  const common = { clock, manners, gate, pusher }
  const calendar = createCalendarService({ ...common, random: random.fork() })
  const tokenNow = () => base.now()
  const pubsub = createPubSub({ ...common, random: random.fork(), keys, busy, tokenNow })
  const gmail = createGmail({ clock, manners, gate, random: random.fork(), pubsub })
  const accounts = createAccounts(calendar, gmail)
  for (const person of people) accounts.add(person)
  const services = { accounts, calendar, gmail, pubsub, grants, keys }
  const control = createControl({ services, clock, log, faults, held, busy, manners: current })
  const oauth = {
    clock,
    manners,
    grants,
    keys,
    codes: createCodes(clock, random.fork()),
    firstAccount: () => accounts.first,
    hasAccount: accounts.has,
  }
  const describe = () => ({ urls: sandboxUrls(server.url), accounts: accounts.list(), seed, life: life !== null })
  const server = await openServer({
    port,
    log,
    faults,
    holds: held,
    now: () => clock.now(),
    accountOf: header => grants.find(header)?.account ?? '',
    routes: [
      ...controlRoutes(control, describe),
      ...calendarRoutes(calendar),
      ...gmailRoutes(gmail),
      ...oauthRoutes(oauth),
      ...pubsubRoutes(pubsub),
    ],
  })
  const week = life === null ? null : startBusyWeek({ control, clock, random: random.fork(), ...life })

  return {
    urls: sandboxUrls(server.url),
    control,
    async close() {
      week?.stop()
      clock.close()
      pusher.close()
      await server.close()
    },
  }
}
