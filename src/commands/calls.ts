import type { CommandContext } from './context.ts'
import { formatLocalTime } from '../core/local-time.ts'

const DEFAULT_SINCE_MS = 24 * 3_600_000

export async function listCalls(context: CommandContext, input: { readonly since: number | undefined }): Promise<void> {
  const client = await context.connect()
  const since = new Date(context.clock.now() - (input.since ?? DEFAULT_SINCE_MS)).toISOString()
  const reply = await client.calls(since)
  const { output } = context
  if (context.json) return output.document(reply)
  if (reply.calls.length === 0) return output.say(`no calls to providers since ${formatLocalTime(since)}`)
  await output.table(
    [
      { title: 'provider' },
      { title: 'account', shrinks: true },
      { title: 'operation', shrinks: true },
      { title: 'cause' },
      { title: 'calls', align: 'right' },
      { title: 'retries', align: 'right' },
      { title: 'failures', align: 'right' },
    ],
    reply.calls.map(row => [row.provider, row.account, row.operation, row.cause, row.calls, row.retries, row.failures]),
  )
}
