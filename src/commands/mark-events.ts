import type { EcClient } from '../client.ts'
import { EcError } from '../core/errors.ts'
import type { CommandContext } from './context.ts'

interface MarkInput {
  readonly ids: readonly string[]
  readonly user: string | undefined
}

export async function markSeen(context: CommandContext, input: MarkInput): Promise<void> {
  await mark(context, input, 'seen', (client, id) => client.events.seen(id, input.user))
}

export async function markRead(context: CommandContext, input: MarkInput): Promise<void> {
  await mark(context, input, 'read', (client, id) => client.events.read(id, input.user))
}

export async function markUnread(context: CommandContext, input: MarkInput): Promise<void> {
  await mark(context, input, 'unread', (client, id) => client.events.unread(id, input.user))
}

export async function archiveEvents(context: CommandContext, input: MarkInput): Promise<void> {
  await mark(context, input, 'archived', (client, id) => client.events.archive(id, input.user))
}

export async function retractEvents(context: CommandContext, input: MarkInput): Promise<void> {
  await mark(context, input, 'withdrawn', (client, id) => client.events.retract(id, input.user))
}

/** `for` is a time from now, `until` an instant; one of them is given. */
export async function snoozeEvents(
  context: CommandContext,
  input: MarkInput & { readonly for: number | undefined; readonly until: string | undefined },
): Promise<void> {
  const until = readUntil(context, input.for, input.until)
  await mark(context, input, `snoozed until ${until}`, (client, id) => client.events.snooze(id, until, input.user))
}

async function mark(
  context: CommandContext,
  { ids }: MarkInput,
  done: string,
  change: (client: EcClient, id: string) => Promise<void>,
): Promise<void> {
  const client = await context.connect()
  for (const id of ids) await change(client, id)
  if (context.json) context.output.document({ ids })
  else context.output.say(`${ids.length === 1 ? ids[0] : `${ids.length} events`}: ${done}`)
}

function readUntil(context: CommandContext, ms: number | undefined, until: string | undefined): string {
  if (ms !== undefined && until === undefined) return new Date(context.clock.now() + ms).toISOString()
  if (until !== undefined && ms === undefined && !Number.isNaN(Date.parse(until))) return new Date(until).toISOString()
  throw new EcError('EC_USAGE', 'say how long: --for a time, or --until an instant', { hint: 'as --for 2h' })
}
