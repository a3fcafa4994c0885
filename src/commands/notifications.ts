import type { NotificationFilter } from '../client.ts'
import { formatLocalTime } from '../core/local-time.ts'
import { terminalText } from '../core/terminal-text.ts'
import type { CommandContext } from './context.ts'
import { sayNext } from './say-next.ts'
import { sayNone } from './say-none.ts'

export async function listNotifications(context: CommandContext, filter: NotificationFilter): Promise<void> {
  const client = await context.connect()
  const { provider, resource, state, since, after, before, limit } = filter
  const page = await client.notifications.list({ provider, resource, state, since, after, before, limit })
  const { output } = context
  if (context.json) return output.document(page)
  if (page.notifications.length === 0) return sayNone(output, 'notifications', provider)
  await output.table(
    [
      { title: 'received' },
      { title: 'provider' },
      { title: 'kind', shrinks: true },
      { title: 'state', paint: (cell, text) => (text === 'processed' ? cell : output.paint.yellow(cell)) },
      { title: 'reason', shrinks: true },
      { title: 'id', whole: true },
    ],
    page.notifications.map(row => [
      formatLocalTime(row.received_at),
      row.provider,
      row.kind,
      row.state,
      row.reason,
      row.id,
    ]),
  )
  sayNext(output, page.next)
}

export async function showNotification(context: CommandContext, input: { readonly id: string }): Promise<void> {
  const client = await context.connect()
  const { body, body_base64, headers, ...row } = await client.notifications.get(input.id)
  const { output } = context
  if (context.json) {
    const record = { ...row, headers, body, body_base64 }
    return output.document(record)
  }
  const received = formatLocalTime(row.received_at)
  const processed = formatLocalTime(row.processed_at)
  output.print(output.fields({ ...row, received_at: received, processed_at: processed }))
  if (headers !== undefined) output.print(`\n${output.fields(headers)}`)
  if (body !== undefined) output.print(`\n${terminalText(body)}\n`)
  else output.print(body_base64 === undefined ? '\nthe body is no longer kept\n' : `\n${body_base64}\n`)
}

export async function explainNotification(context: CommandContext, input: { readonly id: string }): Promise<void> {
  const client = await context.connect()
  const why = await client.notifications.why(input.id)
  if (context.json) return context.output.document(why)
  context.output.prose(why.sentences)
}
