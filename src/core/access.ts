import { EcError } from './errors.ts'
import type { Principal } from './principal.ts'

/** What belongs to a user, and was made by a service key or by the operator. */
interface Owned {
  readonly userId: string
  readonly keyId: string | null
}

/** What it is called to people, and how they find the ids there are. */
interface Words {
  readonly one: string
  readonly withArticle: string
  readonly hint: string
}

/**
 * The one thing that an id names for whoever asks; `look` reads what has that id, of one user or of all. What is another's
 * does not exist for him: `EC_NOT_FOUND` says the same of both. `EC_AMBIGUOUS` when several users have one of this id
 * and none was named.
 */
export async function findOwned<Thing extends Owned>(
  principal: Principal,
  userId: string | null,
  look: (userId: string | undefined) => Promise<readonly Thing[]>,
  words: Words,
): Promise<Thing> {
  const owner = principal.kind === 'user' ? principal.userId : (userId ?? undefined)
  const named = userId === null || userId === owner ? await look(owner) : []
  const found = named.filter(thing => isVisible(principal, thing))
  const [thing] = found
  if (thing === undefined) throw new EcError('EC_NOT_FOUND', `no such ${words.one}`, { hint: words.hint })
  if (found.length > 1) {
    throw new EcError('EC_AMBIGUOUS', `${found.length} users have ${words.withArticle} with this id`, {
      hint: 'say whose with `user`',
    })
  }
  return thing
}

/** Refuses a service key that may emit but not read; everyone else reads what he may see. */
export function requireReading(principal: Principal): void {
  if (principal.kind !== 'service' || principal.key.scopes.includes('read')) return
  throw forbidden('the key has no scope `read`', 'make a key with `ec keys create --scope emit,read`')
}

/** Narrows a query to what the principal may see; `things` is what it lists. */
export function narrow<Query extends { readonly userId?: string; readonly keyId?: string }>(
  principal: Principal,
  query: Query,
  things: string,
): Query {
  requireReading(principal)
  switch (principal.kind) {
    case 'operator':
      return query
    case 'user':
      if (query.userId === undefined || query.userId === principal.userId) {
        return { ...query, userId: principal.userId }
      }
      throw forbidden(`a user token reads the ${things} of its own user`, 'leave `user` out')
    case 'service':
      return { ...query, keyId: principal.key.id }
    default:
      return principal satisfies never
  }
}

export function forbidden(message: string, hint: string): EcError {
  return new EcError('EC_FORBIDDEN', message, { hint })
}

function isVisible(principal: Principal, thing: Owned): boolean {
  switch (principal.kind) {
    case 'operator':
      return true
    case 'user':
      return thing.userId === principal.userId
    case 'service':
      return thing.keyId === principal.key.id
    default:
      return principal satisfies never
  }
}
