import { setTimeout as sleep } from 'node:timers/promises'
import type { EcClient, ResourceRow, SyncRow } from '../client.ts'
import { sayHeldDeletion, sayPass } from '../client/say-health.ts'
import { EcError } from '../core/errors.ts'
import type { CommandContext } from './context.ts'

interface SyncInput {
  readonly id: string
  readonly full: boolean | undefined
  readonly confirmDeletion: boolean | undefined
  readonly wait: boolean | undefined
}

interface IdInput {
  readonly id: string
}

/** Often enough for a person who waits, seldom enough for an agent. */
const POLL_MS = 500

/** Asks for a read. With `--wait` it says how far it is, and ends with 4 when it failed or when its deletion is held back. */
export async function syncResource(context: CommandContext, input: SyncInput): Promise<void> {
  const { id, full, confirmDeletion: confirm_deletion, wait } = input
  const { json, output } = context
  const client = await context.connect()
  const asked = await client.resources.sync(id, { full, confirm_deletion })
  if (wait !== true) {
    if (json) return output.document(asked)
    return output.say(`${id}: is read by ${asked.job_id}; \`ec resources show ${id}\` tells how far it is`)
  }
  const resource = await waitUntilRead(client, id, context)
  const { sync } = resource
  if (json) output.document({ ...asked, sync })
  refuseFailure(resource)
  if (!json) output.say(`${id}: read to the end, ${sync.items} items`)
}

export async function watchResource(context: CommandContext, { id }: IdInput): Promise<void> {
  const client = await context.connect()
  const asked = await client.resources.watch(id)
  if (context.json) return context.output.document(asked)
  context.output.say(`${id}: is subscribed to by ${asked.job_id}; \`ec resources show ${id}\` tells what came of it`)
}

type Synced = ResourceRow & { readonly sync: SyncRow }

/** Until nothing of it waits or runs any more. */
async function waitUntilRead(client: EcClient, id: string, { output, signal }: CommandContext): Promise<Synced> {
  let told = ''
  for (;;) {
    const { sync, ...resource } = await client.resources.get(id)
    if (sync === null) throw new EcError('EC_CONFLICT', 'the resource is not synced any more')
    // A read of everything that was given up stays begun, and is gone on with another time.
    if (sync.job === null) return { ...resource, sync }
    const progress = sync.pass === null ? '' : sayPass(sync.pass)
    if (progress !== '' && progress !== told) output.say(progress)
    told = progress
    await sleep(POLL_MS, undefined, { signal })
  }
}

function refuseFailure({ id, sync }: Synced): void {
  const held = sayHeldDeletion(sync.held_deletion)
  if (held !== null) {
    throw new EcError('EC_CONFLICT', held, { hint: `if that is right: \`ec resources sync ${id} --confirm-deletion\`` })
  }
  if (sync.error === null) return
  throw new EcError('EC_PROVIDER', `the read failed with ${sync.error}`, {
    hint: sync.next_step ?? `see \`ec resources show ${id}\``,
  })
}
