import { EcError } from '../../../core/errors.ts'
import { userIdSchema } from '../../../core/event-schema.ts'
import type { Principal } from '../../../core/principal.ts'
import type { RawCall } from '../route.ts'

/** Who asks, on a route that is not open. */
export function callerOf(call: RawCall): Principal {
  if (call.principal === null) throw new EcError('EC_UNAUTHENTICATED', 'no key or token came along')
  return call.principal
}

export function isOperator(call: RawCall): boolean {
  return call.principal?.kind === 'operator'
}

/** A parameter of the path; the router has decoded it. */
export function paramOf(call: RawCall, name: string): string {
  const value = call.params[name]
  if (value === undefined) throw new EcError('EC_INTERNAL', `the path has no parameter ${name}`)
  return value
}

/** The user that the path names. */
export function userParam(call: RawCall): string {
  const parsed = userIdSchema.safeParse(paramOf(call, 'user'))
  if (parsed.success) return parsed.data
  throw new EcError('EC_FIELD_INVALID', 'a user id takes 1 to 128 characters of A-Z a-z 0-9 . _ @ -', {
    details: { errors: [{ path: 'user', message: 'takes 1 to 128 characters of A-Z a-z 0-9 . _ @ -' }] },
  })
}

/**
 * The user that a call concerns: a user's token speaks for its own, the operator names one. `EC_FORBIDDEN` for somebody
 * else's, `EC_USAGE` when the operator names none.
 */
export function subjectOf(call: RawCall, named: string | undefined): string {
  const caller = callerOf(call)
  if (caller.kind === 'user') {
    if (named === undefined || named === caller.userId) return caller.userId
    throw new EcError('EC_FORBIDDEN', 'the token belongs to another user', { hint: 'leave `user` out' })
  }
  if (named !== undefined) return named
  throw new EcError('EC_USAGE', 'say which `user`', { hint: 'add `user`' })
}
