import { setTimeout as sleep } from 'node:timers/promises'
import type { AccountRow, DiscoveryRow, EcClient, ResourceRow } from '../../client.ts'
import type { CommandContext } from '../context.ts'

/** How long a first read is waited for; a large calendar goes on by itself. */
const WAIT_MS = 30_000
const LOOK_MS = 300

/** Adds what was chosen and is not watched yet; all of it, as it is then. */
export async function watchAll(
  ec: EcClient,
  account: AccountRow,
  chosen: readonly DiscoveryRow[],
): Promise<readonly (ResourceRow & { readonly added: boolean })[]> {
  const rows: (ResourceRow & { readonly added: boolean })[] = []
  for (const { provider, target, name, resource } of chosen) {
    if (resource !== null) rows.push({ ...(await ec.resources.get(resource)), added: false })
    else {
      const made = await ec.resources.add({ provider, user: account.user, name, account: account.id, target })
      rows.push({ ...made, added: true })
    }
  }
  return rows
}

/** The resource once its first read is done or has failed, or as it is after a while. */
export async function awaitFirstRead(
  { clock, signal }: CommandContext,
  ec: EcClient,
  id: string,
): Promise<ResourceRow> {
  const end = clock.monotonic() + WAIT_MS
  for (;;) {
    const row = await ec.resources.get(id)
    const { sync } = row
    // What is not read has no first read: the same is read through another account.
    if (sync === null || sync.complete || sync.error !== null || sync.mode === 'none') return row
    if (clock.monotonic() > end) return row
    // A timer of the clock keeps no process alive.
    await sleep(LOOK_MS, undefined, { signal })
  }
}
