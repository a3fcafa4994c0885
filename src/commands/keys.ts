import type { Level, PageOptions } from '../client.ts'
import type { KeyScope } from '../core/service-key.ts'
import { formatLocalTime } from '../core/local-time.ts'
import type { CommandContext } from './context.ts'
import { sayNext } from './say-next.ts'

interface CreateInput {
  readonly name: string
  readonly scope: readonly KeyScope[]
  readonly types: readonly string[] | undefined
  readonly users: readonly string[] | undefined
  readonly maxLevel: Level | undefined
  readonly callback: string | undefined
}

/** The key alone on stdout, so that a script can take it as it is. */
export async function createKey(context: CommandContext, input: CreateInput): Promise<void> {
  const client = await context.connect()
  const { name, scope, types, users, maxLevel: max_level, callback } = input
  const made = await client.keys.create({ name, scope, types, users, max_level, callback })
  if (context.json) return context.output.document(made)
  context.output.print(`${made.key}\n`)
  context.output.say(`${made.id}: keep the key, it is not shown again`)
  if (made.callback_secret !== undefined) {
    context.output.tell(`callbacks are signed with ${made.callback_secret}; it is not shown again either`)
  }
}

export async function listKeys(context: CommandContext, { after, before, limit }: PageOptions): Promise<void> {
  const client = await context.connect()
  const page = await client.keys.list({ after, before, limit })
  const { output } = context
  if (context.json) return output.document(page)
  if (page.keys.length === 0) return output.say('no keys; `ec keys create` makes one')
  await output.table(
    [
      { title: 'name' },
      { title: 'scope' },
      { title: 'types', shrinks: true },
      { title: 'users', shrinks: true },
      { title: 'created' },
      { title: 'revoked' },
      { title: 'id', whole: true },
    ],
    page.keys.map(key => [
      key.name,
      key.scope.join(','),
      key.types.join(',') || 'all',
      key.users.join(',') || 'all',
      formatLocalTime(key.created_at),
      formatLocalTime(key.revoked_at),
      key.id,
    ]),
  )
  sayNext(output, page.next)
}

export async function revokeKey(context: CommandContext, input: { readonly id: string }): Promise<void> {
  const client = await context.connect()
  await client.keys.revoke(input.id)
  if (context.json) context.output.document({ id: input.id })
  else context.output.say(`${input.id}: revoked`)
}
