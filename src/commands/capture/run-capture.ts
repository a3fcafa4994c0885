import type { NotificationRecordRow } from '../../client.ts'
import { toEcError, EcError } from '../../core/errors.ts'
import { parseFixture } from '../../core/fixture.ts'
import type { CommandContext } from '../context.ts'
import { makeFixture, type Captured } from './make-fixture.ts'

interface CaptureInput {
  readonly id: string
  readonly keep: readonly string[] | undefined
}

/** Prints a stored notification as a fixture, without secrets and people, ready to be replayed. */
export async function runCapture(context: CommandContext, input: CaptureInput): Promise<void> {
  const client = await context.connect()
  const record = await client.notifications.get(input.id)
  const captured = readRecord(record, await settingsOf(record.resource))
  const { loadProvider } = await import('../../providers/index.ts')
  const provider = await loadProvider(record.provider)
  const { fixture, replaced, readable } = await makeFixture(captured, provider, input.keep ?? [])
  const checked = parseFixture(fixture)
  if (!checked.ok) {
    throw new EcError('EC_INTERNAL', `what was captured is no fixture: ${JSON.stringify(checked.problems)}`)
  }
  const { output } = context
  output.print(`${JSON.stringify(fixture, null, 2)}\n`)
  output.say(
    readable
      ? `${replaced} values were replaced by placeholders; look it over before you commit it: free text may still name somebody`
      : 'the body is no text, so nothing in it was replaced; look it over before you commit it',
  )

  /** None when the resource has been removed since. */
  async function settingsOf(id: string): Promise<Readonly<Record<string, string>>> {
    try {
      return (await client.resources.get(id)).settings
    } catch (thrown) {
      if (toEcError(thrown).code === 'EC_NOT_FOUND') return {}
      throw thrown
    }
  }
}

function readRecord(record: NotificationRecordRow, settings: Readonly<Record<string, string>>): Captured {
  const { body: text, body_base64: base64, headers = {}, provider, kind, reason, received_at: receivedAt } = record
  if (text === undefined && base64 === undefined) {
    throw new EcError('EC_NOT_FOUND', 'the body of this notification is no longer kept', {
      hint: 'bodies are kept for `retention.bodies`; capture a newer one',
    })
  }
  const body = text === undefined ? Buffer.from(base64 ?? '', 'base64') : Buffer.from(text, 'utf8')
  return { provider, kind, reason: reason ?? null, receivedAt, headers, body, settings }
}
