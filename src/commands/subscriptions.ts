import type { SubscriptionFilter } from '../client.ts'
import { formatLocalTime } from '../core/local-time.ts'
import type { CommandContext } from './context.ts'
import { sayNext } from './say-next.ts'

interface IdInput {
  readonly id: string
}

export async function listSubscriptions(context: CommandContext, filter: SubscriptionFilter): Promise<void> {
  const client = await context.connect()
  const { resource, user, state, after, before, limit } = filter
  const page = await client.subscriptions.list({ resource, user, state, after, before, limit })
  const { output } = context
  if (context.json) return output.document(page)
  if (page.subscriptions.length === 0) return output.say('no subscriptions')
  await output.table(
    [
      { title: 'state', paint: (cell, text) => (text === 'active' ? output.paint.green(cell) : cell) },
      { title: 'resource', shrinks: true },
      { title: 'proved' },
      { title: 'last notification' },
      { title: 'expires' },
      { title: 'id', whole: true },
    ],
    page.subscriptions.map(row => [
      row.state,
      row.resource,
      row.verified_at === null ? 'not yet' : 'yes',
      formatLocalTime(row.last_notification_at),
      formatLocalTime(row.expires_at),
      row.id,
    ]),
  )
  sayNext(output, page.next)
}

export async function renewSubscription(context: CommandContext, { id }: IdInput): Promise<void> {
  const client = await context.connect()
  const asked = await client.subscriptions.renew(id)
  if (context.json) return context.output.document(asked)
  context.output.say(`${id}: is renewed by ${asked.job_id}; the old one goes on until the new one is there`)
}

export async function stopSubscription(context: CommandContext, { id }: IdInput): Promise<void> {
  const client = await context.connect()
  const asked = await client.subscriptions.stop(id)
  if (context.json) return context.output.document(asked)
  context.output.say(`${id}: is stopped by ${asked.job_id}; its resource is polled until \`ec resources watch\``)
}
