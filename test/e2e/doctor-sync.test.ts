import Database from 'better-sqlite3'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeHome, startAgentProcess, type Home } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'

const ALL = ['sync.read', 'sync.mode', 'sync.deletion', 'subscription.life'] as const
const HOUR = 3_600_000

describe('what is synced', () => {
  it('is in order where nothing is, and where it is read and told of as it should be', async () => {
    const home = makeHome()
    await startAgentProcess(home, ['--public-url', 'https://ec.example.org'])
    for (const code of ALL) expect((await diagnose(home)).find(code).status).toBe('ok')
    addCalendar(home)
    for (const code of ALL) expect((await diagnose(home)).find(code).status).toBe('ok')
    expect((await diagnose(home)).find('subscription.life').detail).toBe('the earliest runs out in 6 days (Work)')
  })

  it('has failed, or was not read for a day', async () => {
    const home = makeHome()
    await startAgentProcess(home, ['--public-url', 'https://ec.example.org'])
    const db = addCalendar(home)
    db.exec(`update syncs set error = 'EC_SCOPE_MISSING', error_at = last_sync_at`)
    expect((await diagnose(home)).find('sync.read')).toMatchObject({
      status: 'fail',
      detail: 'the last read failed: Work (EC_SCOPE_MISSING)',
      hint: '`ec calls`',
    })
    db.exec(`update syncs set error = null, last_sync_at = last_sync_at - ${30 * HOUR}`)
    expect((await diagnose(home)).find('sync.read')).toMatchObject({
      status: 'warn',
      detail: 'not read for a day: Work',
      hint: 'read it now: `ec resources sync r1`',
    })
  })

  it('is not read, or only polled, and a person could change that', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const db = addCalendar(home)
    expect((await diagnose(home)).find('sync.mode')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('Work (Google Calendar has nowhere to deliver to'),
      hint: expect.stringContaining('--public-url'),
    })
    db.exec(`update accounts set state = 'action_required', reason = 'EC_ACCOUNT_SIGNED_OUT'`)
    expect((await diagnose(home)).find('sync.mode')).toMatchObject({
      status: 'warn',
      detail: 'Work (ana@example.org: the consent of an account has ended)',
      hint: '`ec setup google`',
    })
  })

  it('holds a deletion until somebody says so', async () => {
    const home = makeHome()
    await startAgentProcess(home, ['--public-url', 'https://ec.example.org'])
    const db = addCalendar(home)
    db.exec(`update syncs set held_deletion = '{"gone":30,"of":40,"confirmed":false}'`)
    expect((await diagnose(home)).find('sync.deletion')).toMatchObject({
      status: 'warn',
      detail: 'Work (30 of 40)',
      hint: 'if they are gone: `ec resources sync r1 --confirm-deletion`',
    })
  })

  it('is told of by a subscription that nobody has renewed (pitfall 55)', async () => {
    const home = makeHome()
    await startAgentProcess(home, ['--public-url', 'https://ec.example.org'])
    const db = addCalendar(home)
    db.exec(
      `update subscriptions set expires_at = expires_at - ${5.9 * 24 * HOUR}, created_at = created_at - ${6 * 24 * HOUR}`,
    )
    expect((await diagnose(home)).find('subscription.life')).toMatchObject({
      status: 'warn',
      detail: 'runs out soon: Work',
      hint: 'renew it now: `ec resources watch r1`',
    })
  })
})

/** A calendar that was read and is watched, as the store has it: the agent is not told, and so does nothing about it. */
function addCalendar(home: Home): Database.Database {
  const db = new Database(join(home.dataDir, 'ec.db'))
  const now = Date.now()
  db.exec(`
    insert into accounts (id, family, user_id, address, scopes, settings, state, reason, created_at, granted_at)
      values ('a1', 'google', 'ana', 'ana@example.org', '[]', '{}', 'ok', null, ${now}, ${now});
    insert into resources (id, provider, user_id, name, settings, secrets, secret_count, state, created_at, account_id, target)
      values ('r1', 'google-calendar', 'ana', 'Work', '{}', x'', 0, 'healthy', ${now}, 'a1', 'ana@example.org');
    insert into syncs (resource_n, generation, items, last_sync_at) select n, 1, 10, ${now} from resources;
    insert into subscriptions (id, resource_n, state, remote_id, address, created_at, expires_at, verified_at)
      select 's1', n, 'active', 'remote', 'https://ec.example.org/webhooks/google-calendar/r1', ${now}, ${now + 6 * 24 * HOUR}, ${now}
      from resources;`)
  return db
}
