import type { ResourceFilter, ResourceRow } from '../client.ts'
import { sayHealth, toneOf, type Tone } from '../client/say-health.ts'
import { EcError } from '../core/errors.ts'
import { formatLocalTime } from '../core/local-time.ts'
import { loadProvider, PROVIDERS } from '../providers/index.ts'
import type { CommandContext } from './context.ts'
import { describeResource } from './describe-resource.ts'
import { paintTone } from './paint-tone.ts'
import { readSecret } from './read-secret.ts'
import { readSettings } from './read-settings.ts'
import { sayNext } from './say-next.ts'
import { sayNone } from './say-none.ts'

interface AddInput {
  readonly provider: string
  readonly user: string | undefined
  readonly name: string | undefined
  readonly secretFile: string | undefined
  readonly set: readonly string[] | undefined
  readonly account: string | undefined
  readonly target: string | undefined
}

interface IdInput {
  readonly id: string
}

interface ShowInput extends IdInput {
  readonly secret: boolean | undefined
}

export async function listResources(context: CommandContext, filter: ResourceFilter): Promise<void> {
  const client = await context.connect()
  const { provider, user, after, before, limit } = filter
  const page = await client.resources.list({ provider, user, after, before, limit })
  const { output } = context
  if (context.json) return output.document(page)
  if (page.resources.length === 0) {
    if (provider !== undefined || user !== undefined) return sayNone(output, 'resources', provider)
    return output.say('no resources yet; `ec help resources add` shows how to begin')
  }
  const tones = new Map<string, Tone>(page.resources.map(row => [sayHealth(row), toneOf(sayHealth(row))]))
  await output.table(
    [
      { title: 'provider' },
      { title: 'name', shrinks: true },
      { title: 'user' },
      { title: 'state', paint: (cell, text) => paintTone(output.paint, cell, tones.get(text)) },
      { title: 'mode' },
      { title: 'items', align: 'right' },
      { title: 'last news' },
      { title: 'next look' },
      { title: 'id', whole: true },
    ],
    page.resources.map(row => [
      row.provider,
      row.name,
      row.user,
      sayHealth(row),
      row.sync?.mode ?? 'webhook',
      row.sync?.items,
      formatLocalTime(newest(row.last_notification_at, row.sync?.last_sync_at ?? null)),
      formatLocalTime(row.sync?.next_at),
      row.id,
    ]),
  )
  sayNext(output, page.next)
}

export async function showResource(context: CommandContext, input: ShowInput): Promise<void> {
  const client = await context.connect()
  if (input.secret) return printSecret(context, await client.resources.secret(input.id))
  print(context, await client.resources.get(input.id))
}

/** Without a secret file the agent makes a secret, and this is the one time that it is shown. */
export async function addResource(context: CommandContext, input: AddInput): Promise<void> {
  const settings = readSettings(input.set)
  const secret = input.secretFile === undefined ? undefined : await readSecret(context, input.secretFile)
  const client = await context.connect()
  const { provider, name, account, target } = input
  if ((account === undefined) !== (target === undefined)) {
    throw new EcError('EC_USAGE', '--account and --target go together', { hint: 'see `ec accounts list`' })
  }
  const owner = account === undefined ? undefined : (await client.accounts.get(account)).user
  const user = input.user ?? owner ?? (await context.config()).config.user
  const resource = await client.resources.add({ provider, user, name, settings, secret, account, target })
  const { output } = context
  if (context.json) return output.document(resource)
  const { id, webhook_url, secret: made } = resource
  output.print(output.fields({ id, webhook_url, ...(made === undefined ? {} : { secret: made }) }))
  output.say(
    account === undefined ? `next: ${await nextStep(resource)}` : 'it is read from now on; nothing is to be done',
  )
}

export async function removeResource(context: CommandContext, input: IdInput): Promise<void> {
  const { output } = context
  if (!(await output.confirm(`Remove the resource ${input.id}? Its webhook URL stops working.`))) {
    return output.say('nothing was removed')
  }
  const client = await context.connect()
  await client.resources.remove(input.id)
  if (context.json) output.document({ id: input.id })
  else output.say(`${input.id}: removed`)
}

export async function pauseResource(context: CommandContext, input: IdInput): Promise<void> {
  const client = await context.connect()
  const resource = await client.resources.pause(input.id)
  if (context.json) return context.output.document(resource)
  context.output.say(`${input.id}: paused; what comes in is kept until \`ec resources resume ${input.id}\``)
}

export async function resumeResource(context: CommandContext, input: IdInput): Promise<void> {
  const client = await context.connect()
  const resource = await client.resources.resume(input.id)
  if (context.json) return context.output.document(resource)
  context.output.say(`${input.id}: goes on, beginning with what came meanwhile`)
}

/** How the service gets to know of the resource. */
async function nextStep({
  id,
  provider,
  has_secret: hasSecret,
  secret,
}: ResourceRow & { secret?: string }): Promise<string> {
  if (secret !== undefined) return `give ${provider} the webhook_url and the secret; the secret is not shown again`
  // The agent may be a newer one, and know providers that this program does not.
  const known = Object.hasOwn(PROVIDERS, provider) ? await loadProvider(provider) : undefined
  if (hasSecret || known?.receiver?.proof !== 'handshake') return `give ${provider} the webhook_url`
  return (
    `paste the webhook_url into ${known.title} within 15 minutes, ` +
    `then paste the token that \`ec resources show ${id} --secret\` prints`
  )
}

function printSecret({ json, output }: CommandContext, found: { readonly id: string; readonly secret: string }): void {
  if (json) output.document(found)
  else output.print(`${found.secret}\n`)
}

function print({ json, output }: CommandContext, resource: ResourceRow): void {
  if (json) return output.document(resource)
  output.print(output.fields(describeResource(resource)))
}

/** A notification, or a read of our own. */
function newest(notified: string | null, read: string | null): string | null {
  if (notified === null || read === null) return notified ?? read
  return notified > read ? notified : read
}
