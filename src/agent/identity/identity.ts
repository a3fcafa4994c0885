import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import type { Ids, RandomBytes } from '../../core/ids.ts'
import type { Principal } from '../../core/principal.ts'
import type { ServiceKey } from '../../core/service-key.ts'
import type { Verified } from '../../core/verified.ts'
import type { IdentityApi, KeyApi } from '../http/api.ts'
import { createCallbackSecrets } from './callback-secrets.ts'
import { createServiceKeys } from './service-keys.ts'
import { createTickets, type TicketHolder } from './tickets.ts'
import { createUserTokens } from './user-tokens.ts'

export interface IdentityOptions {
  readonly store: Pick<Store, 'addKey' | 'findKey' | 'listKeys' | 'revokeKey' | 'getCredential' | 'putCredential'>
  readonly bus: Bus
  readonly clock: Clock
  readonly ids: Ids
  readonly randomBytes: RandomBytes
}

/** Who somebody is: holders of service keys, user tokens and tickets. */
export interface Identity extends IdentityApi {
  readonly keys: KeyApi
  redeemTicket(ticket: string): TicketHolder | null
  /** What callbacks to the holder of a service key are signed with. */
  callbackSecretOf(keyId: string): Promise<string>
  close(): void
}

export function createIdentity(options: IdentityOptions): Identity {
  const keys = createServiceKeys(options)
  const tokens = createUserTokens(options)
  const tickets = createTickets(options)
  const callbackSecrets = createCallbackSecrets(options)
  const unsubscribe = options.bus.subscribe('signedOut', ({ sessions }) => tickets.withdraw(sessions))

  async function verify(bearer: string): Promise<Verified | null> {
    if (keys.isKey(bearer)) {
      const key = await keys.find(bearer)
      return key === null ? null : { principal: toPrincipal(key), expiresAt: null }
    }
    const holder = await tokens.verify(bearer)
    return holder === null ? null : { principal: { kind: 'user', userId: holder.userId }, expiresAt: holder.expiresAt }
  }

  return {
    keys: {
      list: keys.list,
      revoke: keys.revoke,
      async create(input) {
        const made = await keys.create(input)
        return { ...made, callbackSecret: input.callbackUrl === null ? null : await callbackSecrets.of(made.key.id) }
      },
    },
    verify,
    issueToken: (userId, ttlMs) => tokens.issue(userId, ttlMs),
    issueTicket: (userId, login) => tickets.issue(userId, login),
    redeemTicket: ticket => tickets.redeem(ticket),
    callbackSecretOf: callbackSecrets.of,
    close() {
      unsubscribe()
      keys.close()
      tokens.close()
      callbackSecrets.close()
    },
  }
}

/** A key of scope `operate` is a remote operator, whatever else it may do. */
function toPrincipal(key: ServiceKey): Principal {
  return key.scopes.includes('operate') ? { kind: 'operator', by: key.name } : { kind: 'service', key }
}
