import type { EcClient, NotificationRecordRow } from '../../client.ts'
import { toEcError, EcError } from '../../core/errors.ts'
import { parseFixture } from '../../core/fixture.ts'
import { notificationBody } from '../notification-body.ts'
import { makeFixture, type Captured, type MadeFixture } from './make-fixture.ts'

/** A stored notification as a fixture, without secrets and people. `EC_NOT_FOUND` when its body is no longer kept. */
export async function captureNotification(client: EcClient, id: string, keep: readonly string[]): Promise<MadeFixture> {
  const record = await client.notifications.get(id)
  const captured = readRecord(record, await settingsOf(client, record.resource))
  const { loadProvider } = await import('../../providers/index.ts')
  const made = await makeFixture(captured, await loadProvider(record.provider), keep)
  const checked = parseFixture(made.fixture)
  if (checked.ok) return made
  throw new EcError('EC_INTERNAL', `what was captured is no fixture: ${JSON.stringify(checked.problems)}`)
}

/** None when the resource has been removed since. */
async function settingsOf(client: EcClient, id: string): Promise<Readonly<Record<string, string>>> {
  try {
    return (await client.resources.get(id)).settings
  } catch (thrown) {
    if (toEcError(thrown).code === 'EC_NOT_FOUND') return {}
    throw thrown
  }
}

function readRecord(record: NotificationRecordRow, settings: Readonly<Record<string, string>>): Captured {
  const { headers = {}, provider, reason, received_at: receivedAt } = record
  const body = notificationBody(record)
  if (body === null) {
    throw new EcError('EC_NOT_FOUND', 'the body of this notification is no longer kept', {
      hint: 'bodies are kept for `retention.bodies`; capture a newer one',
    })
  }
  return { provider, reason: reason ?? null, receivedAt, headers, body, settings }
}
