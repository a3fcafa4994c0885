import { onTestFinished } from 'vitest'
import type { Account } from '#ec/core/account.js'
import type { ApiCall, CallCause } from '#ec/core/api-call.js'
import { createSystemClock, type Clock } from '#ec/core/clock.js'
import { createHttpDoor } from '#ec/core/http.js'
import type { AccountContext } from '#ec/providers/provider.js'
import { createTestLog } from './test-log.js'

export interface TestAccountContext extends AccountContext {
  /** What went over the wire. */
  readonly calls: readonly ApiCall[]
}

export interface TestAccountOptions {
  /** Where Google and Pub/Sub are. */
  readonly baseUrl: string
  /** Null = no token goes along. */
  readonly token?: string | null
  readonly account?: Partial<Account>
  readonly provider?: string
  readonly cause?: CallCause
  readonly signal?: AbortSignal
  readonly clock?: Clock
  readonly deadlineMs?: number
}

/** An account that is signed in with a token that lasts, through the metered door without retries of its own. */
export function openAccountContext(options: TestAccountOptions): TestAccountContext {
  const { baseUrl, token = null, provider = 'google-calendar', cause = 'polling', deadlineMs = 10_000 } = options
  const systemClock = createSystemClock()
  const clock = options.clock ?? systemClock
  const account = anAccount(options.account)
  const calls: ApiCall[] = []
  const door = createHttpDoor({
    clock: systemClock,
    random: () => 0.5,
    record: call => void calls.push(call),
    retry: { maxAttempts: 1, baseMs: 1, capMs: 1 },
    budgetOf: () => null,
    deadlineMs,
  })
  onTestFinished(() => door.close())
  return {
    account,
    calls,
    clock,
    log: createTestLog(),
    signal: options.signal ?? new AbortController().signal,
    endpoints: {
      googleBaseUrl: baseUrl,
      googleTokenUrl: `${baseUrl}/token`,
      googleAuthUrl: `${baseUrl}/o/oauth2/v2/auth`,
      googleCertsUrl: `${baseUrl}/oauth2/v3/certs`,
      pubsubBaseUrl: baseUrl,
    },
    fetchFor(operation) {
      const fetch = door.fetchFor({ provider, account: account.id, operation, cause })
      return (input, init) => {
        const headers = new Headers(init?.headers)
        if (token !== null) headers.set('authorization', `Bearer ${token}`)
        return fetch(input, { ...init, headers })
      }
    },
  }
}

export function anAccount(more: Partial<Account> = {}): Account {
  return {
    id: '0192f0c1-7d1e-7c3a-9a51-00000000acc0',
    family: 'google',
    userId: 'ana',
    address: 'ana@example.com',
    scopes: [],
    settings: {},
    state: 'ok',
    reason: null,
    createdAt: 0,
    grantedAt: 0,
    ...more,
  }
}
