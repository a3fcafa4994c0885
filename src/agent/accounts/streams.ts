import type { Store } from '../../backends/store.ts'
import type { Account } from '../../core/account.ts'
import type { Clock } from '../../core/clock.ts'
import { toEcError } from '../../core/errors.ts'
import { listAll } from '../../core/list-all.ts'
import type { Log } from '../../core/log.ts'
import { pause } from '../../core/pause.ts'
import { nextAttemptAt, type RetryPolicy } from '../../core/retry.ts'
import type { Family, Provider, RefusedItem, StreamedItem } from '../../providers/provider.ts'
import type { Accounts } from './accounts.ts'

export interface StreamsOptions {
  readonly store: Pick<Store, 'listAccounts'>
  readonly accounts: Pick<Accounts, 'contextFor'>
  readonly loadFamily: (id: string) => Promise<Family>
  readonly loadProvider: (id: string) => Promise<Provider>
  readonly accept: (provider: string, items: readonly StreamedItem[], refused: readonly RefusedItem[]) => Promise<void>
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
}

export interface Streams {
  /** Looks again which streams there should be: at the start, and when an account came, went or was set up. Never throws. */
  refresh(): void
  /** How each stream is at this moment. */
  list(): readonly StreamState[]
  /** Ends all of them, and resolves when they have ended. */
  stop(): Promise<void>
}

export interface StreamState {
  readonly provider: string
  readonly key: string
  readonly accountId: string
  /** A code of the catalogue when it waits to begin anew; null while it runs. */
  readonly error: string | null
}

interface Running {
  readonly provider: Provider
  readonly key: string
  readonly accountId: string
  readonly stopper: AbortController
  error: string | null
  /** The failure that was logged last; null once something came again. */
  told: string | null
  ended: Promise<void>
}

/** After a failure; it never gives up. */
const RETRY: RetryPolicy = { maxAttempts: Number.MAX_SAFE_INTEGER, baseMs: 1_000, capMs: 5 * 60_000 }
/** A stream that ran for so long was well: its next failure is the first again. */
const WELL_MS = 5 * 60_000

/** Holds the streams of all accounts open: one for each key, which accounts may share, begun anew when it breaks. */
export function createStreams(options: StreamsOptions): Streams {
  const { store, accounts, loadFamily, loadProvider, accept, clock, random, log } = options
  const running = new Map<string, Running>()
  const closing = new AbortController()
  let turn: Promise<void> = Promise.resolve()

  return {
    refresh,
    list: () =>
      [...running.values()].map(({ provider, key, accountId, error }) => ({
        provider: provider.id,
        key,
        accountId,
        error,
      })),
    async stop() {
      closing.abort()
      await turn
      const all = [...running.values()]
      for (const { stopper } of all) stopper.abort()
      await Promise.all(all.map(({ ended }) => ended))
    },
  }

  function refresh(): void {
    turn = turn.then(look).catch((error: unknown) => {
      log.warn('the streams could not be looked at', { code: toEcError(error).code })
    })
  }

  async function look(): Promise<void> {
    const wanted = await findWanted()
    for (const [id, one] of running) {
      const next = wanted.get(id)
      if (next?.account.id === one.accountId) continue
      one.stopper.abort()
      await one.ended
      running.delete(id)
    }
    if (closing.signal.aborted) return
    for (const [id, { provider, key, account }] of wanted) if (!running.has(id)) open(id, provider, key, account)
  }

  /** By provider and key; of the accounts that share it the eldest that is signed in. */
  async function findWanted() {
    const wanted = new Map<string, { readonly provider: Provider; readonly key: string; readonly account: Account }>()
    for (const account of await listAll(page => store.listAccounts(page))) {
      if (account.state !== 'ok') continue
      for (const providerId of (await loadFamily(account.family)).providers) {
        const provider = await loadProvider(providerId)
        const key = provider.stream?.keyOf(account) ?? null
        if (key === null || wanted.has(`${providerId} ${key}`)) continue
        wanted.set(`${providerId} ${key}`, { provider, key, account })
      }
    }
    return wanted
  }

  function open(id: string, provider: Provider, key: string, account: Account): void {
    const stopper = new AbortController()
    const one: Running = {
      provider,
      key,
      accountId: account.id,
      stopper,
      error: null,
      told: null,
      ended: Promise.resolve(),
    }
    running.set(id, one)
    one.ended = hold(one)
  }

  async function hold(one: Running): Promise<void> {
    const { provider, accountId, stopper } = one
    const { signal } = stopper
    for (let attempt = 1; !signal.aborted; attempt++) {
      const began = clock.monotonic()
      try {
        const ctx = await accounts.contextFor(accountId, { provider: provider.id, cause: 'pull', signal })
        one.error = null
        await provider.stream?.run(ctx, async (items, refused) => {
          await accept(provider.id, items, refused)
          one.told = null
        })
      } catch (error) {
        if (signal.aborted) return
        const { code } = toEcError(error)
        tell(one, code)
        // Another account of the same key may go on in its place.
        if (code === 'EC_ACCOUNT_SIGNED_OUT' || code === 'EC_NOT_FOUND') refresh()
      }
      if (clock.monotonic() - began > WELL_MS) attempt = 1
      const now = clock.monotonic()
      const at = nextAttemptAt({ policy: RETRY, attempt, now, random: random() }) ?? now + RETRY.capMs
      await pause(clock, at - now, signal)
    }
  }

  function tell(one: Running, error: string): void {
    if (one.told !== error) {
      log.warn('a stream broke', { provider: one.provider.id, account: one.accountId, code: error })
    }
    one.error = error
    one.told = error
  }
}
