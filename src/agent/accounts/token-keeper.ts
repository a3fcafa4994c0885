import type { Store } from '../../backends/store.ts'
import type { Account } from '../../core/account.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Family, SignInContext } from '../../providers/provider.ts'
import { readCredential, replaceCredential, type HeldCredential } from './credential.ts'

export interface TokenKeeperOptions {
  /** Tells this process from others on the same store. */
  readonly name: string
  readonly store: Pick<Store, 'getCredential' | 'putCredential' | 'getAccount' | 'updateAccount'>
  readonly loadFamily: (id: string) => Promise<Family>
  readonly signInContext: (family: Family, accountId: string) => SignInContext
  readonly clock: Clock
  readonly log: Log
  /** Told when an account was signed out, once a consent. */
  readonly onSignedOut: (account: Account, family: Family, error: EcError) => void
}

/** Gives out access tokens, and gets new ones in time. */
export interface TokenKeeper {
  /** One that is good for a while yet. `EC_ACCOUNT_SIGNED_OUT` when a person has to sign in first. */
  take(accountId: string): Promise<string>
  /** Another than the one that the service has just refused. */
  replace(accountId: string, refused: string): Promise<string>
}

/** Before its end a token is not worth beginning a request with. */
const LEAD_MS = 60_000
/** Longer than a refresh takes, so that only who has died while it ran is not waited for. */
const LEASE_MS = 40_000
/** While another process gets the tokens. */
const LOOK_MS = 200

/**
 * One refresh at a time for each account, in this process and among all of them: whoever refreshes holds a lease on the
 * credential, and what he got is kept only while nobody else has put other tokens there. A service that exchanges refresh
 * tokens so never sees one twice, and the tokens of a person who signs in meanwhile win.
 */
export function createTokenKeeper(options: TokenKeeperOptions): TokenKeeper {
  const { name, store, loadFamily, signInContext, clock, log, onSignedOut } = options
  const running = new Map<string, Promise<string>>()

  return {
    async take(accountId) {
      const account = await requireSignedIn(accountId)
      const held = await requireCredential(account)
      return isFresh(held) ? held.tokens.accessToken : renew(account, held.tokens.accessToken)
    },
    async replace(accountId, refused) {
      return renew(await requireSignedIn(accountId), refused)
    },
  }

  function renew(account: Account, worn: string): Promise<string> {
    const known = running.get(account.id)
    if (known !== undefined) return known
    const made = refresh(account, worn).finally(() => running.delete(account.id))
    running.set(account.id, made)
    return made
  }

  async function refresh(account: Account, worn: string): Promise<string> {
    const family = await loadFamily(account.family)
    const began = clock.monotonic()
    for (;;) {
      const held = await requireCredential(account)
      // Somebody else was faster.
      if (held.tokens.accessToken !== worn && isFresh(held)) return held.tokens.accessToken
      const patience = began + LEASE_MS - clock.monotonic()
      if (isLeased(held) && patience > 0) await pause(clock, Math.min(LOOK_MS, patience))
      else {
        const lease = { by: name, until: clock.now() + LEASE_MS }
        const leased = await replaceCredential(store, account.id, { ...held, lease }, held)
        const got = leased === null ? null : await ask(account, family, leased)
        if (got !== null) return got
      }
    }
  }

  /** The new token; null when somebody else has put other tokens in its place meanwhile. */
  async function ask(account: Account, family: Family, held: HeldCredential): Promise<string | null> {
    const { client, tokens: before } = held
    const { refreshToken } = before
    const context = signInContext(family, account.id)
    try {
      const tokens = await family.signIn.refresh(context, client, { refreshToken, grantedAt: account.grantedAt })
      const next = { client, tokens: { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken } }
      const kept = await replaceCredential(store, account.id, next, held)
      log.debug('an access token was refreshed', { account: account.id, kept: kept !== null })
      return kept?.tokens.accessToken ?? null
    } catch (error) {
      // The person may have signed in again since, or somebody whose patience ended may have come between.
      const isKept = (await replaceCredential(store, account.id, { client, tokens: before }, held)) !== null
      if (!(error instanceof EcError) || error.code !== 'EC_ACCOUNT_SIGNED_OUT') throw error
      if (!isKept) return null
      await signOut(account, family, error)
      throw error
    }
  }

  function isLeased({ lease }: HeldCredential): boolean {
    return lease !== undefined && lease.by !== name && lease.until > clock.now()
  }

  async function signOut(account: Account, family: Family, error: EcError): Promise<void> {
    const present = await store.getAccount(account.id)
    if (present === null || present.state !== 'ok' || present.grantedAt !== account.grantedAt) return
    await store.updateAccount(account.id, { state: 'action_required', reason: error.code })
    log.warn('an account was signed out', { account: account.id, family: family.id, code: error.code })
    onSignedOut(account, family, error)
  }

  function isFresh({ tokens }: HeldCredential): boolean {
    return tokens.expiresAt - clock.now() > LEAD_MS
  }

  async function requireSignedIn(accountId: string): Promise<Account> {
    const account = await store.getAccount(accountId)
    if (account === null) throw new EcError('EC_NOT_FOUND', 'the account is no longer here')
    if (account.state === 'ok') return account
    throw new EcError(
      account.reason ?? 'EC_ACCOUNT_SIGNED_OUT',
      'nothing is asked of the account until its owner has acted',
      {
        details: { account: account.id },
      },
    )
  }

  async function requireCredential(account: Account): Promise<HeldCredential> {
    const held = await readCredential(store, account.id)
    if (held !== null) return held
    // A lost master key was replaced: what it sealed is forgotten.
    const error = new EcError('EC_ACCOUNT_SIGNED_OUT', 'the tokens of the account are no longer here', {
      details: { account: account.id },
    })
    await signOut(account, await loadFamily(account.family), error)
    throw error
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise(resolve => void clock.setTimer(resolve, ms))
}
