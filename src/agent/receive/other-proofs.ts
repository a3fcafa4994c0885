import { cleanLine } from '../../core/clean-text.ts'

/**
 * What came in the place of a proof that is missing, in words: the names of headers in which a service proves itself,
 * never what they hold. That tells a webhook URL that was given to another service from a header lost on the way.
 */
export function sayOtherProofs(headers: Readonly<Record<string, string>>): string {
  const names = Object.keys(headers).filter(name => PROOF.test(name))
  if (names.length === 0) return 'no header that came looks like a proof'
  const shown = names.slice(0, MAX_NAMES).map(name => cleanLine(name, MAX_LENGTH))
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : ''
  return `what came that looks like a proof: ${shown.join(', ')}${more}`
}

const PROOF = /signature|hmac|digest|client-?state|(?:^|-)(?:token|secret|authorization|jwt)(?:-|$)/
const MAX_NAMES = 5
const MAX_LENGTH = 60
