import Database from 'better-sqlite3'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { expect, it, onTestFinished } from 'vitest'
import { ask, readAll } from '../durability/operator.ts'
import { makeWebhook } from '../durability/parcel.ts'
import { createRandom } from '../durability/random.ts'
import { prepareSetting } from '../durability/setting.ts'
import { untilProcessed } from '../durability/until-processed.ts'
import { spawnAgent, type AgentProcess } from '../support/agent-process.ts'
import { tempDir } from '../support/temp-dir.ts'

const NOTIFICATIONS = 200
/** More than a job may fail; a job is held to be what kills the agent after one more. */
const KILLS = 5

const notification = z.object({ id: z.string(), state: z.string() })

it('leaves nothing behind though it is killed again and again while it works', { timeout: 90_000 }, async () => {
  const dataDir = tempDir()
  let agent = await startWithBacklog(dataDir)
  for (let kill = 0; kill < KILLS; kill++) {
    await untilWorking(dataDir)
    await agent.kill()
    agent = start(dataDir)
    await agent.ready
  }
  const operator = await agent.ready
  await untilProcessed(operator, 30_000)

  const all = await readAll(operator, '/api/notifications', 'notifications', raw => notification.parse(raw))
  expect(all).toHaveLength(NOTIFICATIONS)
  expect(all.filter(one => one.state !== 'processed')).toEqual([])

  const events = await readAll(operator, '/api/events?user=ana&type=github.push', 'events', raw => raw)
  expect(events).toHaveLength(NOTIFICATIONS)
})

/** An agent that has just begun to work off what came while a resource was paused. */
async function startWithBacklog(dataDir: string): Promise<AgentProcess> {
  const agent = start(dataDir)
  const { url, socket } = await agent.ready
  const { targets } = await prepareSetting({ socket })
  const [target] = targets
  const resource = `/api/resources/${target.path.split('/').at(-1)}`
  await ask({ socket }, 'POST', `${resource}/pause`)
  const random = createRandom(3)
  for (let n = 0; n < NOTIFICATIONS; n++) {
    const { path, headers, body } = makeWebhook(target, random)
    const answer = await fetch(url + path, { method: 'POST', headers, body })
    expect(answer.status).toBe(202)
  }
  await ask({ socket }, 'POST', `${resource}/resume`)
  return agent
}

/** Until jobs are in hand, as the store's file says, or none is left to be done. */
async function untilWorking(dataDir: string): Promise<void> {
  const db = new Database(join(dataDir, 'ec.db'), { readonly: true })
  const held = db.prepare('select 1 from claims').pluck()
  const left = db.prepare(`select 1 from jobs where state in ('ready', 'delayed')`).pluck()
  while (held.get() === undefined && left.get() !== undefined) await nextTurn()
  db.close()
}

function start(dataDir: string): AgentProcess {
  const agent = spawnAgent({ dataDir })
  onTestFinished(async () => void (await agent.kill()))
  return agent
}
