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

/** Ids of the stored notifications that the filter names, in the order of their arrival. */
export async function findStored(client: EcClient, { since, provider }: StoredFilter): Promise<readonly string[]> {
  const ids: string[] = []
  for (let after: string | null = '0'; after !== null;) {
    const page: Awaited<ReturnType<EcClient['notifications']['list']>> = await client.notifications.list({
      since,
      provider,
      after,
      limit: PAGE,
    })
    ids.push(...page.notifications.map(row => row.id))
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
    // What was refused must stay what it is: signed by us, a forgery would be taken.
    sign: record.state === 'quarantined' ? 'recorded' : 'if-possible',
    secret: null,
    settings: {},
    resource: record.resource,
    stored: record.state === 'quarantined' ? null : { key: record.key, kind: record.kind },
    expect: { status: null },
  }
}
