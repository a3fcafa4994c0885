import { judge, type CheckResult } from './check.ts'

/** The hosts of the services themselves, national clouds included; `.x` = every host under x. */
const OWN_HOSTS: Readonly<Record<string, readonly string[]>> = {
  EC_GOOGLE_BASE_URL: ['.googleapis.com'],
  EC_GOOGLE_TOKEN_URL: ['.googleapis.com', 'accounts.google.com'],
  EC_GOOGLE_AUTH_URL: ['accounts.google.com'],
  EC_GOOGLE_CERTS_URL: ['.googleapis.com'],
  EC_PUBSUB_BASE_URL: ['.googleapis.com'],
  EC_MICROSOFT_BASE_URL: [
    'graph.microsoft.com',
    'graph.microsoft.us',
    'dod-graph.microsoft.us',
    'microsoftgraph.chinacloudapi.cn',
  ],
  EC_MICROSOFT_TOKEN_URL: ['login.microsoftonline.com', 'login.microsoftonline.us', 'login.partner.microsoftonline.cn'],
  EC_GITHUB_BASE_URL: ['api.github.com'],
  EC_NOTION_BASE_URL: ['api.notion.com'],
  EC_CALCOM_BASE_URL: ['api.cal.com'],
  EC_GEMINI_BASE_URL: ['.googleapis.com'],
}

export interface NamedUrl {
  /** The variable that sets it, whatever file it came from. */
  readonly name: string
  readonly url: string
}

/** The variables of which `judgeEndpoints` knows whose host they should name. */
export const ENDPOINT_VARIABLES: readonly string[] = Object.keys(OWN_HOSTS)

/** Names each endpoint that is neither the service's own nor of this machine; plain http beyond it fails. Pure. */
export function judgeEndpoints(urls: readonly NamedUrl[]): CheckResult {
  const elsewhere = urls.flatMap(({ name, url }) => {
    const parsed = URL.canParse(url) ? new URL(url) : null
    if (parsed !== null && isLoopback(parsed.hostname)) return []
    const plain = parsed?.protocol !== 'https:'
    if (parsed !== null && !plain && isOwn(name, parsed.hostname)) return []
    // Of the URL only what cannot hold a password.
    return [{ name, plain, shown: `${name} is ${parsed?.origin ?? 'no URL'}` }]
  })
  const first = elsewhere.find(({ plain }) => plain)
  const detail = elsewhere.map(({ shown }) => shown).join(', ')
  if (first !== undefined)
    return judge('config.endpoints', 'fail', detail, `give ${first.name} an https URL, or unset it`)
  if (elsewhere.length > 0) {
    return judge('config.endpoints', 'warn', detail, 'unset what you did not set yourself: secrets and tokens go there')
  }
  return judge('config.endpoints', 'ok', urls.length === 0 ? null : urls.map(({ name }) => name).join(', '))
}

function isOwn(name: string, host: string): boolean {
  return (OWN_HOSTS[name] ?? []).some(own => (own.startsWith('.') ? host.endsWith(own) : host === own))
}

/** What never leaves this machine. A URL has brought every way to write an IPv4 address to four numbers. */
export function isLoopback(hostname: string): boolean {
  const named = hostname === 'localhost' || hostname.endsWith('.localhost')
  return named || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
