import type { EcClient } from '../../client.ts'
import { notificationBody } from '../notification-body.ts'
import type { ReplayItem } from './item.ts'

export interface StoredFilter {
  readonly since: string | undefined
  readonly provider: string | undefined
}

const PAGE = 500

/** The id of a stored notification, as every command shows it. */
export function isNotificationId(word: string): boolean {
  return /^ntf_\d+$/.test(word)
}

interface Found {
  readonly id: string
  /** The id of its resource, which may have been removed. */
  readonly resource: string
}

/** The stored notifications that the filter names, in the order of their arrival. */
export async function findStored(client: EcClient, { since, provider }: StoredFilter): Promise<readonly Found[]> {
  const found: Found[] = []
  for (let after: string | null = '0'; after !== null;) {
    const page: Awaited<ReturnType<EcClient['notifications']['list']>> = await client.notifications.list({
      since,
      provider,
      after,
      limit: PAGE,
    })
    found.push(...page.notifications.map(({ id, resource }) => ({ id, resource })))
    after = page.next
  }
  return found
}

/** The ids of all resources that there are. */
export async function readResourceIds(client: EcClient): Promise<ReadonlySet<string>> {
  const ids = new Set<string>()
  for (let after: string | null = '0'; after !== null;) {
    const page: Awaited<ReturnType<EcClient['resources']['list']>> = await client.resources.list({ after, limit: PAGE })
    for (const { id } of page.resources) ids.add(id)
    after = page.next
  }
  return ids
}

/** A stored notification as a request to its own resource; null when retention has dropped its body. */
export async function readStored(client: EcClient, id: string): Promise<ReplayItem | null> {
  const record = await client.notifications.get(id)
  const body = notificationBody(record)
  if (body === null) return null
  return {
    name: record.id,
    source: 'notification',
    provider: record.provider,
    method: 'POST',
    path: `${record.provider}/{resource}`,
    headers: record.headers ?? {},
    body,
    sign: record.state === 'quarantined' ? 'recorded' : 'if-possible',
    refused: record.state === 'quarantined',
    secret: null,
    settings: {},
    resource: record.resource,
    stored: record.state === 'quarantined' ? null : { key: record.key, kind: record.kind },
    expect: { status: null },
  }
}
