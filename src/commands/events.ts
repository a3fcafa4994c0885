import type { EventFilter, EventRow } from '../client.ts'
import { formatLocalTime } from '../core/local-time.ts'
import type { CommandContext } from './context.ts'
import { paintLevel } from './paint-level.ts'
import { sayNext } from './say-next.ts'

export async function listEvents(context: CommandContext, filter: EventFilter): Promise<void> {
  const client = await context.connect()
  const { user, type, service, level, state, q, after, before, limit } = filter
  const page = await client.events.list({ user, type, service, level, state, q, after, before, limit })
  const { output } = context
  if (context.json) return output.document(page)
  if (page.events.length === 0) return output.say('no events')
  await output.table(
    [
      { title: 'when' },
      { title: 'user' },
      { title: 'level', paint: (cell, text) => paintLevel(output.paint, text, cell) },
      { title: 'type' },
      { title: 'title', shrinks: true },
      { title: 'state' },
      { title: 'id', whole: true },
    ],
    page.events.map(event => [
      formatLocalTime(event.created_at),
      event.user_id,
      event.level,
      event.type,
      event.title,
      event.state,
      event.id,
    ]),
  )
  sayNext(output, page.next)
}

export async function showEvent(
  context: CommandContext,
  input: { id: string; user: string | undefined },
): Promise<void> {
  const client = await context.connect()
  const event = await client.events.get(input.id, input.user)
  if (context.json) return context.output.document(event)
  printEvent(event, context)
}

export async function explainEvent(
  context: CommandContext,
  input: { id: string; user: string | undefined },
): Promise<void> {
  const client = await context.connect()
  const explanation = await client.events.trace(input.id, input.user)
  if (context.json) return context.output.document(explanation)
  context.output.prose(explanation.sentences)
}

function printEvent(event: EventRow, { output }: CommandContext): void {
  const { id, user_id, type, level, title, body, state, seq, created_at, cta, data, ...rest } = event
  const others = Object.entries(rest).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const fields = output.fields({
    id,
    user: user_id,
    type,
    level,
    title,
    state,
    number: seq,
    created: formatLocalTime(created_at),
    link: cta === undefined ? undefined : `${cta.label}: ${cta.url}`,
    data: data === undefined ? undefined : JSON.stringify(data),
    ...Object.fromEntries(others),
  })
  output.print(fields)
  if (body !== '') output.prose(['', body])
}
