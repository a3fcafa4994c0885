import type { AgentRecord } from '../shared/agent-record.ts'

/**
 * Where a click may lead: to the site itself, and to origins that the page named. Anything else, as a link that an event
 * brought from elsewhere, leads to the inbox, where it can be read before it is followed.
 */
export function allowedUrl(url: string | null, origin: string, record: AgentRecord | null): string {
  const home = new URL(record?.home ?? '/', origin).href
  if (url === null || !URL.canParse(url, origin)) return home
  const target = new URL(url, origin)
  if (target.protocol !== 'https:' && target.protocol !== 'http:') return home
  // The agent's inbox is what it names when an event has no link; the site may have one of its own.
  if (record !== null && target.href === `${record.base}/inbox`) return home
  return target.origin === origin || record?.links.includes(target.origin) === true ? target.href : home
}
