import type { AccountFilter, AccountRow } from '../client.ts'
import { formatLocalTime } from '../core/local-time.ts'
import type { CommandContext } from './context.ts'
import { sayNext } from './say-next.ts'

interface IdInput {
  readonly id: string
}

export async function listAccounts(context: CommandContext, filter: AccountFilter): Promise<void> {
  const client = await context.connect()
  const { user, after, before, limit } = filter
  const page = await client.accounts.list({ user, after, before, limit })
  const { output } = context
  if (context.json) return output.document(page)
  if (page.accounts.length === 0) return output.say('no accounts; sign one in with `ec setup google`')
  await output.table(
    [
      { title: 'family' },
      { title: 'address', shrinks: true },
      { title: 'user' },
      { title: 'state' },
      { title: 'consent' },
      { title: 'id', whole: true },
    ],
    page.accounts.map(row => [
      row.family,
      row.address,
      row.user,
      sayState(row),
      formatLocalTime(row.granted_at),
      row.id,
    ]),
  )
  sayNext(output, page.next)
}

export async function showAccount(context: CommandContext, { id }: IdInput): Promise<void> {
  const client = await context.connect()
  const account = await client.accounts.get(id)
  const { output } = context
  if (context.json) return output.document(account)
  const { settings, scopes, created_at, granted_at, reason, ...rest } = account
  output.print(
    output.fields({
      ...rest,
      state: sayState(account),
      created_at: formatLocalTime(created_at),
      granted_at: formatLocalTime(granted_at),
      allowed: scopes.map(scope => scope.split('/').at(-1)).join(', '),
      ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`set ${name}`, value])),
    }),
  )
  if (reason !== null) output.say('next: sign in again with `ec setup google`')
}

export async function removeAccount(context: CommandContext, { id }: IdInput): Promise<void> {
  const { output } = context
  const client = await context.connect()
  const { address } = await client.accounts.get(id)
  const question = `Remove ${address}? What it watches goes too, and its consent ends.`
  if (!(await output.confirm(question))) return output.say('nothing was removed')
  const done = await client.accounts.remove(id)
  if (context.json) output.document(done)
  else output.say(`${address}: removed`)
  if (!done.revoked) output.tell('end the consent yourself, in the settings of the account at its service')
}

function sayState({ state, reason }: AccountRow): string {
  return state === 'ok' ? 'ok' : `sign in again (${reason ?? ''})`
}
