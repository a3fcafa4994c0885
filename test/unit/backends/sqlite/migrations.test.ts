import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openReader } from '#ec/backends/sqlite/connection.js'
import type { Store } from '#ec/backends/store.js'
import { listAll } from '#ec/core/list-all.js'
import { describe, expect, it } from 'vitest'
import { EmbeddedBackend } from '../../../support/embedded-backend.ts'
import { fillStore, makeOlderStore, VERSIONS } from '../../../support/older-store.ts'
import { anEvent, inAllLanes, T0 } from '../../../support/store-samples.ts'
import { tempDir } from '../../../support/temp-dir.ts'

const LIMIT = 500

/** What can be read of each table, by that which tells one row from another. */
const READS: Readonly<Record<string, (store: Store) => Promise<readonly string[]>>> = {
  users: async store => (await listAll(page => store.listPeople(page))).map(({ id }) => id),
  resources: async store => {
    const rows = await listAll(page => store.listResources(page))
    return await Promise.all(rows.map(async ({ id }) => `${id} ${(await store.getSecrets(id)).join(' ')}`))
  },
  notifications: async store => {
    const rows = await listAll(page => store.listNotifications(page))
    return rows.map(({ key, state }) => `${key} ${state}`)
  },
  jobs: async store => (await listAll(page => store.listJobs(page))).map(({ id, state }) => `${id} ${state}`),
  events: async store => {
    const rows = await store.readStream('anna', 0, LIMIT)
    return rows.map(({ id, seq }) => `${seq} ${id}`)
  },
  traces: async store => (await store.readTrace('anna', 'evt_1')).map(({ step, channel }) => `${step} ${channel}`),
  service_keys: async store => (await listAll(page => store.listKeys(page))).map(({ id }) => id),
  credentials: async store => [String(await store.getCredential('small'))],
  features: async store => Object.entries(await store.listFeatures()).map(String),
  calls: async store => (await store.sumCalls(0)).map(({ operation, calls }) => `${operation} ${calls}`),
  questions: async store => (await listAll(page => store.listQuestions(page))).map(({ id, state }) => `${id} ${state}`),
  devices: async store => (await listAll(page => store.listDevices(page))).map(({ id }) => id),
  suppressed_addresses: async store =>
    (await listAll(page => store.listSuppressed(page))).map(({ address }) => address),
  digest_items: async store => {
    const rows = await store.listWaitingItems('anna', { now: T0 * 2, after: 0, limit: LIMIT })
    return rows.map(({ event }) => event.id)
  },
  browser_sessions: async store => (await store.listSessions('anna')).map(({ id }) => id),
  diagnostics: async store => (await store.listReports('anna')).map(({ browser }) => browser),
  accounts: async store => (await listAll(page => store.listAccounts(page))).map(({ id }) => id),
  syncs: async store => (await listAll(page => store.listSyncs(page))).map(({ resourceId }) => resourceId),
}

async function readAll(store: Store): Promise<Readonly<Record<string, readonly string[]>>> {
  const read = await Promise.all(
    Object.entries(READS).map(async ([table, rows]) => [table, await rows(store)] as const),
  )
  return Object.fromEntries(read)
}

/** A full store of this version: the bytes of its file, and what can be read of it. */
async function makeFull() {
  const full = await EmbeddedBackend.open()
  await fillStore(full.store)
  const rows = await readAll(full.store)
  await full.backend.close()
  return { bytes: readFileSync(full.file), masterKey: full.masterKey, rows }
}

let made: ReturnType<typeof makeFull> | null = null

async function openFull() {
  const { bytes, ...full } = await (made ??= makeFull())
  const file = join(tempDir(), 'full.db')
  writeFileSync(file, bytes)
  return { ...full, file }
}

describe('a store of an older version', () => {
  it('stands for all that can be read: each of these is filled', async () => {
    const { rows } = await openFull()
    expect(Object.entries(rows).filter(([, found]) => found.length === 0)).toEqual([])
  })

  it.each(VERSIONS)('%i is read to its last row, and goes on where it was', async version => {
    const { file, masterKey, rows } = await openFull()
    const dir = tempDir()
    const filled = makeOlderStore(join(dir, 'ec.db'), file, version)
    const { store } = await EmbeddedBackend.open({ dir, masterKey })
    const known = Object.entries(rows).map(([table, found]) => [table, filled.has(table) ? found : []])
    expect(await readAll(store)).toEqual(Object.fromEntries(known))

    const { seq } = await store.getHead('anna')
    const [appended] = await store.appendEvents([anEvent({ id: 'evt_new' })])
    expect(appended).toMatchObject({ item: { seq: seq + 1 } })
    const { jobs } = await store.claimJobs({ now: T0 + 10, leaseUntil: T0 + 60_000, lanes: inAllLanes(10) })
    expect(jobs.map(({ kind }) => kind)).toContain('notification.process')
  })

  it('is kept beside the new one before it is changed', async () => {
    const { file, masterKey } = await openFull()
    const dir = tempDir()
    makeOlderStore(join(dir, 'ec.db'), file, 1)
    await EmbeddedBackend.open({ dir, masterKey })
    const copy = join(tempDir(), 'copy.db')
    copyFileSync(join(dir, `ec.db.before-${VERSIONS.at(-1)}`), copy)
    const reader = openReader(copy)
    expect(reader.db.pragma('user_version', { simple: true })).toBe(1)
    expect(reader.sql<{ c: number }>('select count(*) as c from notifications').get()?.c).toBe(3)
    reader.close()
  })
})
