import { judge, type CheckResult } from '../../core/check.ts'
import { cleanLine } from '../../core/clean-text.ts'
import { peekString } from '../../core/peek.ts'
import type { ProbeResult } from '../../core/probe-url.ts'
import type { Challenge } from './public-proof.ts'

export interface PublicSight {
  readonly url: string
  /** Of this agent. */
  readonly instance: string
  /** Where the proxy or tunnel should lead: `port 8788`. */
  readonly listener: string
  readonly challenge: Challenge
  readonly met: ProbeResult
}

type Answer = ProbeResult & { readonly kind: 'answer' }

/** What it means that this was met at the public URL. Pure; every outcome has a next step of its own. */
export function judgePublicUrl(sight: PublicSight): CheckResult {
  const { met, url } = sight
  const { host, hostname } = new URL(url)
  switch (met.kind) {
    case 'answer':
      return judgeAnswer(sight, met)
    case 'dns':
      return fail(
        `the name ${hostname} is not known (${met.reason})`,
        `make a DNS record for ${hostname}, or correct \`public.url\``,
      )
    case 'refused':
      return fail(`nobody listens at ${host}`, 'start the proxy or tunnel, and let the firewall pass that port')
    case 'tls':
      return fail(
        `${host} does not speak TLS as a service would accept it (${met.reason})`,
        `give the proxy a valid certificate for ${hostname}, with its whole chain`,
      )
    case 'timeout':
      return fail(
        `${host} does not answer in time`,
        'look at the firewall and the tunnel; from inside, some routers do not reach their own address',
      )
    case 'network':
      return fail(`${host} cannot be reached (${met.reason})`, 'look at the network, the firewall and the proxy')
    default:
      return met satisfies never
  }
}

function judgeAnswer({ url, instance, listener, challenge }: PublicSight, answer: Answer): CheckResult {
  const { status } = answer
  const body = parse(answer.body)
  if (status === 200 && peekString(body, 'proof') === challenge.proof) return judge('public.url', 'ok', url)
  const server = serverOf(answer)
  if (challenge.door !== null) {
    return fail(
      `${url} reaches this agent, but its answer comes back changed (${status}${server})`,
      'let the proxy pass answers on as they are',
    )
  }
  if (status >= 300 && status < 400) {
    const to = cleanLine(headerOf(answer, 'location') ?? 'nowhere', 200)
    return fail(
      `${url} redirects to ${to}; no service follows that`,
      'set `public.url` to where it leads, or let the proxy stop redirecting',
    )
  }
  if (peekString(body, 'type').startsWith('urn:eventcenter:error:')) {
    return fail(
      `another ec agent answers at ${url}, not this one (instance ${instance})`,
      `let the proxy send ${url} to ${listener} of this machine, or correct \`public.url\``,
    )
  }
  if (status === 401 || status === 403 || status === 407) {
    return fail(
      `somebody asks for a login at ${url} (${status}${server})`,
      'let the proxy pass /webhooks/ and /health without a login',
    )
  }
  if (status === 502 || status === 503 || status === 504) {
    return fail(
      `the proxy at ${url} does not reach the agent (${status}${server})`,
      `let the proxy or tunnel send it to ${listener} of this machine`,
    )
  }
  return fail(
    `something else answers at ${url} (${status}${server})`,
    `let the proxy send ${url} to ${listener} of this machine, or correct \`public.url\``,
  )
}

/** What was met at a path that only the private listener has, once the URL is known to lead to this agent. Pure. */
export function judgePrivate(url: string, path: string, challenge: Challenge, met: ProbeResult): CheckResult {
  if (challenge.door === 'private') {
    return judge('public.private', 'warn', `${url} leads to the private listener, which has the whole API`)
  }
  if (met.kind !== 'answer') {
    return judge('public.private', 'skip', `${path} could not be asked for (${met.reason})`, 'run `ec doctor` again')
  }
  // The public listener says 404 to it; a web site at the same name may have a page for everything.
  const isOurs = peekString(parse(met.body), 'type').startsWith('urn:eventcenter:error:')
  if (!isOurs || met.status === 404) return judge('public.private', 'ok')
  return judge('public.private', 'warn', `the private listener answers at ${url}${path} (${met.status})`)
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

function fail(detail: string, hint: string): CheckResult {
  return judge('public.url', 'fail', detail, hint)
}

function serverOf(answer: Answer): string {
  const server = headerOf(answer, 'server')
  return server === null ? '' : `, server ${cleanLine(server, 60)}`
}

function headerOf({ headers }: Answer, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' ? value : (value?.[0] ?? null)
}
