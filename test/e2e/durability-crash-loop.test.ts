import Database from 'better-sqlite3'
import { join } from 'node:path'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { expect, it, onTestFinished } from 'vitest'
import { ask, call, readAll } from '../durability/operator.ts'
import { makeWebhook } from '../durability/parcel.ts'
import { createRandom } from '../durability/random.ts'
import { prepareSetting } from '../durability/setting.ts'
import { spawnAgent, type AgentProcess } from '../support/agent-process.ts'
import { tempDir } from '../support/temp-dir.ts'

const NOTIFICATIONS = 200
const row = z.object({ key: z.string(), state: z.string() })

it(
  'processes what was taken though the agent is killed again and again in the midst of it',
  { timeout: 60_000 },
  async () => {
    const dataDir = tempDir()
    const random = createRandom(3)
    let agent = start(dataDir)
    const { targets } = await prepareSetting(await agent.ready)
    const [target] = targets
    const resource = target.path.split('/').at(-1)
    const { url, socket } = await agent.ready
    await ask({ socket }, 'POST', `/api/resources/${resource}/pause`)
    for (let n = 0; n < NOTIFICATIONS; n++) {
      const { path, headers, body } = makeWebhook(target, random)
      const answer = await fetch(url + path, { method: 'POST', headers, body })
      expect(answer.status).toBe(202)
    }
    void call({ socket }, 'POST', `/api/resources/${resource}/resume`).catch(() => {})
    for (let kill = 0; kill < 5; kill++) {
      await untilWorking(dataDir, agent)
      await agent.kill()
      agent = start(dataDir)
    }
    const operator = await agent.ready
    const shape = z.object({ jobs: z.object({ ready: z.number(), delayed: z.number(), running: z.number() }) })
    for (;;) {
      const { jobs } = shape.parse(await ask(operator, 'GET', '/api/status'))
      if (jobs.ready + jobs.delayed + jobs.running === 0) break
      await sleep(50)
    }
    const notifications = await readAll(operator, '/api/notifications', 'notifications', raw => row.parse(raw))
    const states = notifications.map(n => n.state)
    console.log(states.reduce<Record<string, number>>((c, s) => ({ ...c, [s]: (c[s] ?? 0) + 1 }), {}))
    console.log(JSON.stringify(await ask(operator, 'GET', '/api/jobs?state=dead&limit=2')))
    expect(notifications.filter(one => one.state !== 'processed')).toEqual([])
  },
)

/** Until jobs are in hand, as the store's file says. */
async function untilWorking(dataDir: string, agent: AgentProcess): Promise<void> {
  await agent.ready.catch(() => {})
  const db = new Database(join(dataDir, 'ec.db'), { readonly: true })
  const held = db.prepare('select count(*) as held from claims')
  const end = performance.now() + 3_000
  while (performance.now() < end) {
    const { held: n } = z.object({ held: z.number() }).parse(held.get())
    if (n > 0) break
    await nextTurn()
  }
  db.close()
}

function start(dataDir: string): AgentProcess {
  const agent = spawnAgent({ dataDir })
  onTestFinished(async () => void (await agent.kill()))
  return agent
}
