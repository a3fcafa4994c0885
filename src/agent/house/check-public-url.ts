import { judge, type CheckResult } from '../../core/check.ts'
import type { Exposable } from '../../core/config.ts'
import { isLoopback } from '../../core/judge-endpoints.ts'
import { judgeClock } from '../../core/judge-clock.ts'
import type { ProbeResult } from '../../core/probe-url.ts'
import { judgePrivate, judgePublicUrl } from './judge-public-url.ts'
import type { PublicProofs } from './public-proof.ts'

export interface CheckPublicUrlOptions {
  /** Without a slash at its end; null when none is set. */
  readonly publicUrl: () => string | null
  readonly instance: () => string
  /** The public listener's port, else the private one's. */
  readonly port: () => number | null
  readonly expose: readonly Exposable[]
  readonly proofs: PublicProofs
  /** Asks for a URL once, within a deadline. */
  readonly probe: (url: string) => Promise<ProbeResult>
}

/**
 * Looks for this agent through its public URL, and whether more of it can be reached there than should be. The Date of
 * the answer is somebody else's, since ours carries none, and tells of the clock.
 */
export async function checkPublicUrl(options: CheckPublicUrlOptions): Promise<readonly CheckResult[]> {
  const url = options.publicUrl()
  if (url === null) {
    const [reason, hint] = ['no public URL is set', 'set `public.url` once the world is to reach the agent']
    return [judge('public.url', 'skip', reason, hint), judge('public.private', 'skip', reason, hint)]
  }
  const { proofs, probe } = options
  // With the API exposed on purpose there is still something that the public listener never has.
  const path = options.expose.includes('api') ? '/metrics' : '/api/status'
  const made = proofs.make()
  const [met, metPrivate] = await Promise.all([probe(`${url}/health/${made.nonce}`), probe(`${url}${path}`)])
  const challenge = proofs.settle(made)
  const port = options.port()
  const listener = port === null ? 'the public listener' : `port ${port}`
  const reached = judgePublicUrl({ url, instance: options.instance(), listener, challenge, met })
  if (reached.status !== 'ok') {
    return [reached, judge('public.private', 'skip', 'the public URL does not reach this agent', 'see the check above')]
  }
  return [reached, judgePrivate(url, path, challenge, metPrivate), ...judgeTheirClock(url, met)]
}

function judgeTheirClock(url: string, met: ProbeResult): readonly CheckResult[] {
  const { host, hostname } = new URL(url)
  if (met.kind !== 'answer' || isLoopback(hostname)) return []
  const { date } = met.headers
  return [judgeClock({ ...met, host, date: typeof date === 'string' ? date : null })]
}
