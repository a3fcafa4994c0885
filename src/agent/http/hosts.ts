import { EcError } from '../../core/errors.ts'

/**
 * Refuses a `Host` that is not ours: a page of another site whose name was made to point here (DNS rebinding) sends its
 * own name. `allowed` are host names without a port.
 */
export function createHostGuard(allowed: readonly string[]): (host: string | undefined) => void {
  const names = new Set(['localhost', '127.0.0.1', '[::1]', ...allowed.map(normalise)])
  return function check(host) {
    const name = normalise(host ?? '')
    if (names.has(name)) return
    throw new EcError('EC_HOST_NOT_ALLOWED', 'the Host header is none of the names that this agent answers to')
  }
}

/** Lower case, without port and final dot; a bare IPv6 address gets its brackets. */
function normalise(host: string): string {
  const text = host.trim().toLowerCase()
  if (/^[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*$/.test(text)) return `[${text}]`
  return text.replace(/:\d*$/, '').replace(/\.$/, '')
}
