import { cleanLine } from '../../core/clean-text.ts'
import { peek, peekFlag, peekLine, peekString } from '../../core/peek.ts'
import { isForUs, type Audiences } from './audience.ts'

export interface ExpectedClaims {
  readonly audiences: Audiences
  /** '' when it is not set. */
  readonly serviceAccount: string
  /** ms since 1970. */
  readonly now: number
}

const ISSUERS: ReadonlySet<unknown> = new Set(['https://accounts.google.com', 'accounts.google.com'])
/** How far the clocks of two honest machines may be apart. */
const TOLERANCE_S = 60

/**
 * What is wrong with the claims of a token that Google signed, in words; null when nothing is. Google signs for anybody
 * with a project of his own, so the audience alone proves nothing: who it is for is chosen by who asks for it. Hence a
 * resource without a service account takes no token at all.
 */
export function findFault(claims: unknown, expected: ExpectedClaims): string | null {
  return (
    findForeign(claims, expected) ?? findUnproved(claims, expected.serviceAccount) ?? findUntimely(claims, expected.now)
  )
}

function findForeign(claims: unknown, { audiences }: ExpectedClaims): string | null {
  if (!ISSUERS.has(peek(claims, 'iss'))) return `the token was issued by ${named(claims, 'iss')}, not by Google`
  if (audiences.values.length === 0) {
    return 'nobody can tell for whom the token should be: set `public.url`, or the setting "audience" of the resource'
  }
  const aud = peek(claims, 'aud')
  if (isForUs(Array.isArray(aud) ? aud : [aud], audiences)) return null
  return `the audience of the token is ${named(claims, 'aud')}; expected is ${audiences.values.join(' or ')}`
}

function findUnproved(claims: unknown, serviceAccount: string): string | null {
  const email = peekString(claims, 'email')
  if (serviceAccount === '') {
    return (
      'the setting "service_account" of the resource is not set, so a token of anybody would do; ' +
      `this one is of ${named(claims, 'email')}: set it, if that is yours`
    )
  }
  if (email.toLowerCase() !== serviceAccount.toLowerCase()) {
    return `the token is of ${named(claims, 'email')}; expected is ${cleanLine(serviceAccount, 120)}`
  }
  return peekFlag(claims, 'email_verified') ? null : 'the token does not say that its e-mail address is verified'
}

function findUntimely(claims: unknown, now: number): string | null {
  const nowS = now / 1000
  const exp = peek(claims, 'exp')
  const iat = peek(claims, 'iat')
  const nbf = peek(claims, 'nbf') ?? iat
  if (typeof exp !== 'number') return 'the token does not say when it expires'
  if (exp <= nowS - TOLERANCE_S) return `the token expired ${seconds(nowS - exp)} ago, by the clock of this machine`
  if (typeof iat !== 'number') return 'the token does not say when it was issued'
  if (typeof nbf !== 'number') return 'the token does not say from when on it holds'
  const ahead = Math.max(iat, nbf) - nowS
  if (ahead <= TOLERANCE_S) return null
  return `the token is of a time ${seconds(ahead)} ahead of the clock of this machine`
}

function named(claims: unknown, name: string): string {
  return peekLine(claims, name) || 'nobody that it names'
}

function seconds(count: number): string {
  return `${Math.round(count).toLocaleString('en-US')} s`
}
