import type { EcClient, NotificationRecordRow, ResourceRow } from '../../client.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { Resource } from '../../core/resource.ts'
import { terminalJson } from '../../core/terminal-text.ts'
import { loadProvider } from '../../providers/index.ts'
import type { CommandContext } from '../context.ts'
import { notificationBody } from '../notification-body.ts'
import { toResource } from '../replay/signers.ts'
import { makeFixture } from './make-fixture.ts'
import { redactRequest } from './redact-request.ts'

interface CaptureInput {
  readonly id: string
  readonly keep: readonly string[] | undefined
}

/** Writes a stored notification as a fixture, without secrets and people. */
export async function runCapture(context: CommandContext, { id, keep = [] }: CaptureInput): Promise<void> {
  for (const path of keep) checkPath(path)
  const client = await context.connect()
  const record = await client.notifications.get(id)
  const stored = notificationBody(record)
  if (stored === null) throw gone(id)
  const [provider, resource] = await Promise.all([loadProvider(record.provider), resourceOf(client, record)])
  const captured = { headers: record.headers ?? {}, body: stored, settings: resource.settings }
  const { headers, body, settings, replaced, readable } = redactRequest(captured, keep)
  const { fixture, warnings } = await makeFixture(
    provider,
    {
      id: record.id,
      provider: record.provider,
      resourceId: resource.id,
      key: record.key,
      kind: record.kind,
      state: record.state,
      receivedAt: Date.parse(record.received_at),
      processedAt: null,
      reason: record.reason ?? null,
      detail: null,
      headers,
      body,
    },
    { ...resource, settings },
  )
  const { output } = context
  output.print(`${terminalJson(JSON.stringify(fixture, null, 2))}\n`)
  for (const warning of warnings) output.tell(`note: ${warning}`)
  if (!readable) output.tell('note: the body is no text, so nothing in it was redacted')
  output.say(`${replaced} values were replaced; look it over before you commit it, free text may still tell something`)
}

async function resourceOf(client: EcClient, record: NotificationRecordRow): Promise<Resource> {
  const row = await client.resources.get(record.resource).catch((thrown: unknown) => {
    if (toEcError(thrown).code === 'EC_NOT_FOUND') return forgotten(record)
    throw thrown
  })
  return toResource(row)
}

/** The resource has been removed; its settings went with it. */
function forgotten({ resource: id, provider, received_at: created_at }: NotificationRecordRow): ResourceRow {
  return {
    id,
    provider,
    user: 'me',
    name: provider,
    settings: {},
    state: 'healthy',
    paused: false,
    has_secret: true,
    webhook_url: '',
    created_at,
    last_notification_at: null,
  }
}

function checkPath(path: string): void {
  if (/^(?:body|headers|settings)(?:\.[^.]+)+$/.test(path)) return
  throw new EcError('EC_USAGE', `--keep ${path}: takes a path as body.sender.login`, {
    hint: 'it begins with body, headers or settings',
  })
}

function gone(id: string): EcError {
  return new EcError('EC_NOTHING_MATCHED', `the body of ${id} is no longer kept`, {
    hint: 'capture a newer one: `ec notifications list`',
  })
}
