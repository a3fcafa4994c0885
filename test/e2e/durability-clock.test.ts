import Database from 'better-sqlite3'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFalseClock, whyNoFalseClock } from '../durability/false-clock.ts'
import { ask, call, type Door } from '../durability/operator.ts'
import { makeWebhook } from '../durability/parcel.ts'
import { createRandom } from '../durability/random.ts'
import { prepareSetting } from '../durability/setting.ts'
import { tell } from '../durability/tell.ts'
import { Traffic } from '../durability/traffic.ts'
import { spawnAgent, type AgentProcess, type AgentProcessOptions } from '../support/agent-process.ts'
import { tempDir } from '../support/temp-dir.ts'

const reason = whyNoFalseClock()
if (reason !== null) tell(`no clock is set: ${reason}`)

const HOURS = 3600
/** The agent compares its clocks every 5 s. */
const NOTICED_MS = 15_000

describe.skipIf(reason !== null)('a clock that jumps', { timeout: 120_000 }, () => {
  it.each([
    { jump: 'forward', offsetS: 3 * HOURS },
    { jump: 'back', offsetS: -3 * HOURS },
  ])('$jump by three hours breaks no promise, and is told', async ({ jump, offsetS }) => {
    const clock = createFalseClock(join(tempDir(), 'clock'))
    const agent = start({ dataDir: tempDir(), env: clock.env })
    const { socket } = await agent.ready
    const traffic = new Traffic({
      agent: { up: () => agent.ready },
      setting: await prepareSetting({ socket }),
      random: createRandom(7),
    })
    onTestFinished(() => traffic.stop())
    traffic.start()
    expect(await traffic.flows(200, 20_000)).toBe(true)
    expect(await clockCheck({ socket })).toMatchObject({ status: 'ok' })

    clock.set(offsetS)
    const told = await untilWarned({ socket })
    expect(told).toMatchObject({ status: 'warn' })
    expect(told['detail']).toContain(`180 min ${jump}`)
    expect(await call({ socket }, 'GET', '/health')).toMatchObject({ status: 200, body: { status: 'warn' } })
    expect(await traffic.flows(200, 20_000)).toBe(true)

    clock.set(0)
    expect(await traffic.flows(200, 20_000)).toBe(true)
    const { violations } = await traffic.conclude(async () => ({ socket }))
    expect(violations.slice(0, 20)).toEqual([])
  })

  it('lets a retry that was due in a moment wait no three hours when it jumps back', async () => {
    const dataDir = tempDir()
    const clock = createFalseClock(join(tempDir(), 'clock'))
    const { door, key } = await withWaitingRetry(dataDir, clock.env)
    expect(await stateOf(door, key)).toBe('accepted')
    clock.set(-3 * HOURS)
    await untilWarned(door)
    await expect.poll(() => stateOf(door, key), { timeout: 30_000, interval: 100 }).toBe('processed')
  })

  it('does what has become due when it jumps forward', async () => {
    const clock = createFalseClock(join(tempDir(), 'clock'))
    const agent = start({ dataDir: tempDir(), env: clock.env })
    const { socket } = await agent.ready
    const deliverAt = new Date(Date.now() + 2 * HOURS * 1000).toISOString()
    const scheduled = { user_id: 'ana', type: 'reminder.due', title: 'Later', body: 'of a test', deliver_at: deliverAt }
    const { id } = await ask({ socket }, 'POST', '/api/events', scheduled)
    expect(await ask({ socket }, 'GET', `/api/events/${String(id)}`)).toMatchObject({ seq: null })
    clock.set(3 * HOURS)
    await expect
      .poll(() => ask({ socket }, 'GET', `/api/events/${String(id)}`), { timeout: NOTICED_MS, interval: 100 })
      .toMatchObject({ seq: 1 })
  })

  it('lets tokens end with their time, and no sooner', async () => {
    const clock = createFalseClock(join(tempDir(), 'clock'))
    const agent = start({ dataDir: tempDir(), env: clock.env })
    const { url, socket } = await agent.ready
    const mint = async () =>
      String((await ask({ socket }, 'POST', '/api/tokens', { user: 'ana', ttl_s: HOURS }))['token'])
    const use = async (bearer: string) => (await call({ url, bearer }, 'GET', '/api/events')).status
    const first = await mint()
    expect(await use(first)).toBe(200)
    clock.set(3 * HOURS)
    expect(await use(first)).toBe(401)
    const second = await mint()
    expect(await use(second)).toBe(200)
    clock.set(-3 * HOURS)
    expect(await use(first)).toBe(200)
    expect(await use(second)).toBe(200)
    expect(await use(await mint())).toBe(200)
  })
})

function start(options: AgentProcessOptions): AgentProcess {
  const agent = spawnAgent(options)
  onTestFinished(async () => void (await agent.kill()))
  return agent
}

/** An agent with one notification whose processing has failed once and is to be tried again in a moment. */
async function withWaitingRetry(dataDir: string, env: Readonly<Record<string, string>>) {
  const before = start({ dataDir, env })
  const { url, socket } = await before.ready
  const { targets } = await prepareSetting({ socket })
  const [target] = targets
  await ask({ socket }, 'POST', `/api/resources/${target.path.split('/').at(-1)}/pause`)
  const { path, headers, body, items } = makeWebhook(target, createRandom(8))
  expect((await fetch(url + path, { method: 'POST', headers, body })).status).toBe(202)
  await before.kill()
  const key = items[0]?.mark ?? ''
  setRetry(join(dataDir, 'ec.db'), Date.now() + 10_000)
  const after = start({ dataDir, env })
  await after.ready
  return { door: { socket }, key }
}

/** Writes the row that a failed attempt leaves; making a real one fail takes a broken disk or a broken provider. */
function setRetry(file: string, runAt: number): void {
  const db = new Database(file)
  db.prepare(`update notifications set state = 'accepted' where state = 'held'`).run()
  db.prepare(
    `insert into jobs (kind, group_key, priority, state, attempt, max_attempts, run_at, created_at, payload)
     select 'notification.process', resource_id, 0, 'delayed', 1, 4, ?, received_at,
       json_object('notification', 'ntf_' || n) from notifications`,
  ).run(runAt)
  db.close()
}

async function stateOf(door: Door, key: string): Promise<unknown> {
  const { notifications } = await ask(door, 'GET', '/api/notifications')
  if (!Array.isArray(notifications)) throw new Error('the list has no notifications')
  return notifications.find((one: Record<string, unknown>) => one['key'] === key)?.state
}

async function clockCheck(door: Door): Promise<Record<string, unknown>> {
  const { checks } = await ask(door, 'GET', '/health')
  if (!Array.isArray(checks)) throw new Error('the operator is told no checks')
  return checks.find((check: Record<string, unknown>) => check['code'] === 'clock.steady')
}

async function untilWarned(door: Door): Promise<Record<string, unknown>> {
  const end = performance.now() + NOTICED_MS
  for (;;) {
    const check = await clockCheck(door)
    if (check['status'] === 'warn' || performance.now() > end) return check
    await sleep(100)
  }
}
