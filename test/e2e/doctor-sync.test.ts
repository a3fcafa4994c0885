import Database from 'better-sqlite3'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeHome, startAgentProcess } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'
import { openTroubledHome, type TroubledOptions } from '../support/troubled-home.ts'
import { until } from '../support/until.ts'

const ALL = ['sync.read', 'sync.mode', 'sync.deletion', 'subscription.life'] as const
const HOUR = 3_600_000

describe('what is synced', () => {
  it('is in order where nothing is', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    for (const code of ALL) expect((await diagnose(home)).find(code).status).toBe('ok')
  })

  it('is in order where it is read and told of as it should be', async () => {
    const { find } = await openCalendar()
    for (const code of ALL) expect((await find(code)).status).toBe('ok')
    expect((await find('subscription.life')).detail).toBe('the earliest runs out in 7 days (ana@example.com)')
  })

  it('has failed, or was not read for a day', async () => {
    const { find, db, id } = await openCalendar()
    db.exec(`update syncs set error = 'EC_PROVIDER', error_at = last_sync_at`)
    expect(await find('sync.read')).toMatchObject({
      status: 'fail',
      detail: 'the last read failed: ana@example.com (a provider did not do as asked)',
      hint: '`ec calls`',
    })
    db.exec(`update syncs set error = null, last_sync_at = last_sync_at - ${30 * HOUR}`)
    expect(await find('sync.read')).toMatchObject({
      status: 'warn',
      detail: 'not read for a day: ana@example.com',
      hint: `read it now: \`ec resources sync ${id}\``,
    })
  })

  it('is not read, or only polled, and a person could change that', async () => {
    const { find, db } = await openCalendar({ reachable: false })
    expect(await find('sync.mode')).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining('ana@example.com (Google Calendar has nowhere to deliver to'),
      hint: expect.stringContaining('--public-url'),
    })
    db.exec(`update accounts set state = 'action_required', reason = 'EC_ACCOUNT_SIGNED_OUT'`)
    expect(await find('sync.mode')).toMatchObject({
      status: 'warn',
      detail: 'ana@example.com (the consent was taken back, or has expired)',
      hint: '`ec setup google --account ana@example.com`',
    })
  })

  it('holds a deletion until somebody says so', async () => {
    const { find, db, id } = await openCalendar()
    db.exec(`update syncs set held_deletion = '{"gone":30,"of":40,"confirmed":false}'`)
    expect(await find('sync.deletion')).toMatchObject({
      status: 'warn',
      detail: 'ana@example.com (30 of 40)',
      hint: `if they are gone: \`ec resources sync ${id} --confirm-deletion\``,
    })
  })

  it('is told of by a subscription that nobody has renewed (pitfall 55)', async () => {
    const { find, db, id } = await openCalendar()
    const agoMs = 6.9 * 24 * HOUR
    db.exec(`update subscriptions set expires_at = expires_at - ${agoMs}, created_at = created_at - ${agoMs}`)
    expect(await find('subscription.life')).toMatchObject({
      status: 'warn',
      detail: 'runs out soon: ana@example.com',
      hint: `renew it now: \`ec resources watch ${id}\``,
    })
  })
})

/** A calendar that was read, and is watched where Google can call; what is changed in its store the agent is not told of. */
async function openCalendar(options: TroubledOptions = {}) {
  const world = await openTroubledHome(options)
  const id = await world.resource()
  await until(
    async () => (await world.client.resources.get(id)).sync,
    sync =>
      sync !== null &&
      sync.complete &&
      sync.job === null &&
      sync.mode === (options.reachable === false ? 'polling' : 'webhook'),
  )
  const db = new Database(join(world.home.dataDir, 'ec.db'))
  onTestFinished(() => void db.close())
  return { find: world.check, id, db }
}
