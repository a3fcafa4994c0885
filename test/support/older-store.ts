import { openFile, type Connection } from '#ec/backends/sqlite/connection.js'
import { migrate, readMigrations } from '#ec/backends/sqlite/migrate.js'
import type { Store } from '#ec/backends/store.js'
import { aKey, aNotification, anAccount, anEvent, aResource, inAllLanes, T0 } from './store-samples.ts'

const DAY_MS = 86_400_000

/** At least one row of each kind that a person or a provider can cause. */
export async function fillStore(store: Store): Promise<void> {
  await store.putUser({ id: 'anna', name: 'Anna', email: 'anna@example.org', tz: 'Europe/Madrid' }, T0)
  await store.putPreferences('anna', { keep: ['noise.*'] }, T0)
  await store.putAccount(anAccount())
  await store.addResource(aResource({ id: 'r1' }))
  await store.addResource(aResource({ id: 'r2', name: 'synced', source: { accountId: 'a1', target: 'primary' } }))
  await store.addKey(aKey({ id: 'key_1' }), 'hash')
  await store.setFeature('webhooks', false)
  await store.putCredential('small', 'secret', null)
  await store.recordCalls([
    {
      at: T0,
      provider: 'gmail',
      account: 'a1',
      operation: 'history.list',
      cause: 'polling',
      attempt: 1,
      status: 200,
      ms: 5,
      error: null,
    },
  ])
  await store.suppressAddress('gone@example.org', 'bounced', T0)
  await store.putDevice(
    {
      id: 'dev_1',
      userId: 'anna',
      address: { endpoint: 'https://push.example.org/1', p256dh: 'p', auth: 'a' },
      keyId: 'k1',
      secretHash: 'h1',
      name: 'Phone',
      platform: 'Android',
      locale: 'ru',
      tz: 'Europe/Madrid',
      at: T0,
    },
    20,
  )
  const expiresAt = T0 + DAY_MS
  await store.addSignInLink({ hash: 'l1', userId: 'anna', createdAt: T0, expiresAt }, 50)
  await store.redeemSignInLink('l1', { id: 'sgn_1', hash: 's1', at: T0, expiresAt }, 50)
  await store.putReport(
    {
      userId: 'anna',
      browser: 'br_1',
      device: null,
      userAgent: 'a browser',
      language: null,
      tz: null,
      madeAt: T0,
      receivedAt: T0,
      askedAt: null,
      checks: [],
    },
    20,
  )
  const question = { id: 'q', defaultOption: null, expiresAt: null, expireJob: null }
  await store.appendEvents([
    anEvent({ id: 'evt_1', idempotencyKey: 'once', keyId: 'key_1', contentHash: 'c1' }),
    anEvent({ id: 'evt_2', type: 'action.required', question }),
    anEvent({ id: 'evt_3', digest: { userId: 'anna', eventId: 'evt_3', heldAt: T0, dueAt: T0 + DAY_MS } }),
  ])
  await store.recordTraces([
    {
      userId: 'anna',
      eventId: 'evt_1',
      at: T0,
      step: 'sent',
      channel: 'ws',
      target: null,
      reason: null,
      count: 1,
    },
  ])
  await store.acceptNotifications(['n1', 'n2', 'n3'].map(key => aNotification({ key })))
  const { jobs } = await store.claimJobs({ now: T0, leaseUntil: T0 + 60_000, lanes: inAllLanes(2) })
  for (const [nth, { id, attempt }] of jobs.entries()) {
    const end =
      nth === 0 ? ({ type: 'done', effects: {} } as const) : ({ type: 'retry', runAt: T0 + 5, reason: 'x' } as const)
    await store.finishJob({ job: id, attempt }, { ...end, at: T0 })
  }
}

/** The steps that an older version knew. */
export const VERSIONS = readMigrations().map(({ version }) => version)

/**
 * Makes a store of an older version of all that this version has put into `full`: its tables and its columns, and no others,
 * as that version would have left them. Returns the tables that it has rows in.
 */
export function makeOlderStore(file: string, full: string, version: number): ReadonlySet<string> {
  const connection = openFile(file)
  const known = readMigrations().filter(step => step.version <= version)
  migrate(connection, known, null)
  connection.db.prepare('attach ? as newer').run(full)
  const filled = namesIn(connection, "select name from main.sqlite_schema where type = 'table'").filter(
    table => copyTable(connection, table) > 0,
  )
  connection.close()
  return new Set(filled)
}

function copyTable(connection: Connection, table: string): number {
  const columns = namesIn(connection, `select name from pragma_table_info('${table}')`).join(', ')
  connection.db.exec(`delete from main.${table}`)
  return connection.db.prepare(`insert into main.${table} (${columns}) select ${columns} from newer.${table}`).run()
    .changes
}

function namesIn({ sql }: Connection, text: string): readonly string[] {
  return sql<{ name: string }>(text)
    .all()
    .map(({ name }) => name)
    .filter(name => !name.startsWith('sqlite_'))
}
