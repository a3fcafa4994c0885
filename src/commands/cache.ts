import { formatSpan } from '../core/format-span.ts'
import type { CommandContext } from './context.ts'

interface PrefixInput {
  readonly prefix: string | undefined
}

export async function showCache(context: CommandContext, { prefix }: PrefixInput): Promise<void> {
  const client = await context.connect()
  const reply = await client.cache.list(prefix)
  const { output } = context
  if (context.json) return output.document(reply)
  if (reply.entries.length === 0) return output.say('nothing is cached')
  await output.table(
    [{ title: 'key', whole: true }, { title: 'for' }],
    reply.entries.map(({ key, expires_in_ms: ms }) => [key, formatSpan(ms / 1000)]),
  )
}

export async function clearCache(context: CommandContext, { prefix }: PrefixInput): Promise<void> {
  const client = await context.connect()
  const reply = await client.cache.clear(prefix)
  if (context.json) return context.output.document(reply)
  context.output.say(`${reply.cleared} cleared; what is asked for is read from the copies again`)
}
