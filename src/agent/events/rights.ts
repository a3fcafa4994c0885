import { forbidden } from '../../core/access.ts'
import type { EcError } from '../../core/errors.ts'
import { LEVELS, type Level } from '../../core/event.ts'
import type { Principal } from '../../core/principal.ts'
import type { ServiceKey } from '../../core/service-key.ts'
import { matchesType } from '../../core/type-pattern.ts'

/** Refuses whoever may not emit at all. Returns the key to hold each event against; null for the operator. */
export function requireEmitter(principal: Principal): ServiceKey | null {
  switch (principal.kind) {
    case 'operator':
      return null
    case 'service':
      if (principal.key.scopes.includes('emit')) return principal.key
      throw forbidden('the key has no scope `emit`', 'make a key with `ec keys create --scope emit`')
    case 'user':
      throw forbidden('a user token reads and answers, it does not emit', 'emit with a service key')
    default:
      return principal satisfies never
  }
}

/** The reason why a key may not emit this event; null when it may. */
export function refusalFor(
  key: ServiceKey,
  event: { readonly type: string; readonly user_id: string; readonly level: Level },
): EcError | null {
  if (key.users.length > 0 && !key.users.includes(event.user_id)) {
    return forbidden('the key may not emit to this user', 'use a key whose --users names the user')
  }
  if (key.types.length > 0 && !key.types.some(pattern => matchesType(pattern, event.type))) {
    return forbidden(`the key may not emit ${event.type}`, 'use a key whose --types covers it')
  }
  if (key.maxLevel !== null && LEVELS.indexOf(event.level) > LEVELS.indexOf(key.maxLevel)) {
    return forbidden(`the key may not emit above level ${key.maxLevel}`, 'lower the level, or use another key')
  }
  return null
}
