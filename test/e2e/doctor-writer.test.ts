import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, call } from '../durability/operator.ts'
import { makeWebhook, type Target } from '../durability/parcel.ts'
import { besideProcess, privateDisk, seenFromOutside, whyNoPrivateDisk } from '../durability/private-disk.ts'
import { createRandom } from '../durability/random.ts'
import { prepareSetting } from '../durability/setting.ts'
import { attach, whyNoTracing } from '../durability/strace.ts'
import { tell } from '../durability/tell.ts'
import { makeHome, runCli, startAgentProcess, type CliOptions, type CliResult, type Home } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'

const noDisk = whyNoPrivateDisk()
const noTracing = whyNoTracing()
for (const reason of [noDisk, noTracing]) if (reason !== null) tell(`not tried: ${reason}`)

describe('a disk that takes no writes of the agent', () => {
  it.skipIf(noDisk !== null)('is full, and says what helps', async () => {
    const home = makeHome()
    mkdirSync(home.dataDir, { recursive: true })
    const { wrapper } = privateDisk(home.dataDir, 'size=24m,mode=700')
    const { pid } = (await startAgentProcess(home, [], {}, wrapper)).ready
    const beside = { wrapper: besideProcess(pid) }
    const filler = seenFromOutside(pid, join(home.dataDir, 'filler'))
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=512'])
    await expect.poll(async () => (await emit(home, 'x'.repeat(100), beside)).code, { timeout: 30_000 }).toBe(75)
    const found = await diagnose(home, [], beside)
    expect(found.find('store.writer')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/^EC_STORAGE_FULL for \d+ s$/),
      hint: 'free some space; the agent goes on by itself',
    })
  })

  it.skipIf(noTracing !== null)('reports errors, and says what helps', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const failing = await attach(agent.ready.pid, ['-o', '/dev/null', '-e', 'inject=fsync,fdatasync:error=EIO'])
    expect((await emit(home, 'refused')).code).toBe(75)
    expect((await diagnose(home)).find('store.writer')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/^EC_STORAGE_FAILED for \d+ s$/),
      hint: 'look at the disk; the agent checks its store and goes on by itself',
    })
    await failing.detach()
    expect(await emit(home, 'taken')).toMatchObject({ code: 0 })
    expect((await diagnose(home)).find('store.writer').status).toBe('ok')
  })

  it.skipIf(noTracing !== null)('is slow, so that writes and work wait', { timeout: 240_000 }, async () => {
    const home = makeHome()
    const { url, pid, socket } = (await startAgentProcess(home)).ready
    const door = { socket }
    const { targets } = await prepareSetting(door)
    const [target] = targets
    const resource = `/api/resources/${target.path.split('/').at(-1)}`
    await ask(door, 'POST', `${resource}/pause`)
    await flood(url, target, 10_100)
    // Longer than the doctor takes on a busy machine: meanwhile nothing of the backlog is done.
    const slow = await attach(pid, ['-o', '/dev/null', '-e', 'inject=fsync,fdatasync:delay_enter=10s'])
    await ask(door, 'POST', `${resource}/resume`)
    expect((await diagnose(home)).find('jobs.backlog')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/^10\d{3} jobs wait$/),
      hint: 'see `ec jobs list --state ready`',
    })
    const { stdout } = await runCli(home, ['jobs', 'list', '--state', 'ready', '--limit', '5'])
    expect(stdout).toContain('notification.process')

    const sent = Promise.all(batches(80).map(batch => call(door, 'POST', '/api/events', batch)))
    await expect
      .poll(async () => (await diagnose(home)).find('store.writer'), { timeout: 30_000 })
      .toMatchObject({
        status: 'warn',
        detail: expect.stringMatching(/^\d+ writes wait for the disk$/),
        hint: 'see what else uses this disk',
      })
    await slow.detach()
    expect((await sent).map(({ status }) => status)).toEqual(Array.from({ length: 80 }, () => 202))
    await expect.poll(async () => (await diagnose(home)).find('jobs.backlog').status, { timeout: 60_000 }).toBe('ok')
    expect((await diagnose(home)).find('store.writer').status).toBe('ok')
  })
})

function emit(home: Home, title: string, options: CliOptions = {}): Promise<CliResult> {
  return runCli(home, ['emit', '--user', 'ana', '--type', 'job.done', '--title', title], options)
}

/** So many webhooks of one resource, some at a time. */
async function flood(url: string, target: Target, count: number): Promise<void> {
  const random = createRandom(9)
  const parcels = Array.from({ length: count }, () => makeWebhook(target, random))
  const senders = Array.from({ length: 64 }, async () => {
    for (let parcel = parcels.pop(); parcel !== undefined; parcel = parcels.pop()) {
      const { path, headers, body } = parcel
      const answer = await fetch(url + path, { method: 'POST', headers, body })
      expect(answer.status).toBe(202)
      await answer.arrayBuffer()
    }
  })
  await Promise.all(senders)
}

/** So many requests of 100 events each. */
function batches(count: number): readonly (readonly object[])[] {
  const event = { user_id: 'ana', type: 'job.done', title: 'Ready', body: '' }
  return Array.from({ length: count }, () => Array.from({ length: 100 }, () => event))
}
