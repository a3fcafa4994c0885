import type { JsonRecord } from '../../core/peek.ts'
import { showEvent } from '../calendar/show-event.ts'
import type { Busy } from '../busy.ts'
import type { Fault } from '../faults/fault.ts'
import type { FaultBook } from '../faults/fault-book.ts'
import type { Holds } from '../faults/hold.ts'
import { notFound } from '../http/api-error.ts'
import type { LogEntry, SandboxLog } from '../log.ts'
import { mannersSchema, type Manners } from '../manners.ts'
import { SCOPE_ROOT } from '../oauth/gate.ts'
import type { SandboxClock } from '../sandbox-clock.ts'
import type { Services } from '../services.ts'
import { actionSchema } from './action.ts'
import { mutate } from './mutate.ts'
import { describeState } from './state.ts'

/** What can be done to a sandbox from behind: in the process itself, and by `/_sandbox/...`. */
export interface SandboxControl {
  /** Does one thing as somebody else would (`actionSchema`); throws as the service would. */
  mutate(action: unknown): JsonRecord
  /** Orders a fault (`faultSchema`). */
  fault(spec: unknown): Fault
  readonly faults: FaultBook
  /** Changes some of how the services behave; gives all of it. */
  manners(change?: unknown): Manners
  now(): number
  /** Moves the clock on, with all that falls due on the way. */
  advance(ms: number): Promise<void>
  /** 1 = as fast as the clock that it follows, 60 = a minute each second, 0 = it stands. */
  setRate(rate: number): void
  readonly rate: number
  log(after?: number, limit?: number): readonly LogEntry[]
  /** Resolves once no push is under way. */
  settled(): Promise<void>
  /** Whether one is, at this moment. */
  readonly isBusy: boolean
  /** Requests that a fault lets wait at this moment. */
  readonly held: number
  /** An access token that lasts; for everything unless told otherwise. */
  token(account?: string, scopes?: readonly string[]): string
  state(): JsonRecord
  /** What a calendar holds in truth: events, series, and changed instances; nothing of what was deleted but removed instances. */
  events(calendar: string): readonly JsonRecord[]
}

export interface ControlParts {
  readonly services: Services
  readonly clock: SandboxClock
  readonly log: SandboxLog
  readonly faults: FaultBook
  readonly held: Pick<Holds, 'count'>
  readonly busy: Busy
  readonly manners: { current: Manners }
}

const TOKEN_LIFE_MS = 3_650 * 86_400_000
const ALL_SCOPES = [
  'https://mail.google.com/',
  ...['calendar', 'gmail.modify', 'pubsub', 'userinfo.email'].map(scope => SCOPE_ROOT + scope),
]

export function createControl(parts: ControlParts): SandboxControl {
  const { services, clock, log, faults, held, busy, manners } = parts
  return {
    mutate: action => mutate(services, actionSchema.parse(action)),
    fault: spec => faults.order(spec),
    faults,
    manners(change) {
      if (change !== undefined) manners.current = mannersSchema.parse({ ...manners.current, ...asRecord(change) })
      return manners.current
    },
    now: () => clock.now(),
    advance: ms => clock.advance(ms, () => busy.settled()),
    setRate: rate => clock.setRate(rate),
    get rate() {
      return clock.rate
    },
    log: (after, limit) => log.list(after, limit),
    settled: () => busy.settled(),
    get isBusy() {
      return busy.isBusy
    },
    get held() {
      return held.count
    },
    token(account = services.accounts.first, scopes = ALL_SCOPES) {
      if (!services.accounts.has(account)) throw notFound(`There is no account ${account}.`)
      return services.grants.issueAccess({ account, clientId: 'sandbox', scopes }, TOKEN_LIFE_MS).token
    },
    state: () => describeState(parts),
    events(id) {
      const calendar = services.calendar.calendars.get(id === 'primary' ? services.accounts.first : id)
      if (calendar === undefined) throw notFound(`There is no calendar ${id}.`)
      const view = { account: calendar.owner, role: 'owner', zone: calendar.traits.timeZone } as const
      return [...calendar.book.all()]
        .filter(({ status, seriesId }) => status !== 'cancelled' || seriesId !== null)
        .map(event => showEvent(calendar, event, view))
    },
  }
}

function asRecord(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
