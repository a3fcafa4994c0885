import { isIP } from 'node:net'

/** Suffixes that stand for no host of the world (RFC 2606, 6761, 6762, 8375). */
const NOWHERE = ['localhost', 'local', 'localdomain', 'internal', 'lan', 'home.arpa', 'test', 'invalid', 'onion']
const HOST = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/
const MAX_LENGTH = 254

/**
 * What is wrong with the contact that push services are given, or null. Apple answers 403 to every push whose subject is
 * at localhost, long after anybody thinks of it, so a host of the world is asked for at once.
 */
export function judgeSubject(subject: string): string | null {
  const host = hostOf(subject)
  if (host === null || subject.length > MAX_LENGTH) return 'takes mailto:you@example.org or an https URL'
  if (isIP(host) !== 0 || host.startsWith('[')) return 'takes a host name, not an address'
  const lower = host.toLowerCase()
  if (!HOST.test(lower) || NOWHERE.some(name => lower === name || lower.endsWith(`.${name}`))) {
    return `takes a host that the world knows; push services refuse ${host}`
  }
  return null
}

function hostOf(subject: string): string | null {
  const mail = /^mailto:[^\s@<>,?&#%"]+@([^\s@/?#]+)$/.exec(subject)?.[1]
  if (mail !== undefined) return mail
  if (!/^https:\/\/[\x21-\x7e]+$/.test(subject) || !URL.canParse(subject)) return null
  const { username, password, hostname } = new URL(subject)
  return username === '' && password === '' ? hostname : null
}
