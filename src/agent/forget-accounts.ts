import type { Store } from '../backends/store.ts'

const PAGE = 500

/**
 * Forgets who was signed in, and what was read with it: stand-ins of providers begin anew with each start, and know nobody
 * from before. What was told of it stays, as all that was ever accepted.
 */
export async function forgetAccounts(store: Store): Promise<void> {
  for (;;) {
    const { rows } = await store.listAccounts({ limit: PAGE })
    if (rows.length === 0) return
    for (const { id } of rows) await forgetAccount(store, id)
  }
}

async function forgetAccount(store: Store, accountId: string): Promise<void> {
  for (;;) {
    const { rows } = await store.listResources({ accountId, limit: PAGE })
    if (rows.length === 0) break
    for (const { id } of rows) await store.removeResource(id)
  }
  await store.removeAccount(accountId)
}
