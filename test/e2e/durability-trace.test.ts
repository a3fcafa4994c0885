import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { orderOf } from '../durability/answer-order.ts'
import { makeEmit, makeWebhook } from '../durability/parcel.ts'
import { createRandom } from '../durability/random.ts'
import { prepareSetting } from '../durability/setting.ts'
import { whyNoTracing } from '../durability/strace.ts'
import { tell } from '../durability/tell.ts'
import { traceAnswers } from '../durability/trace.ts'
import { spawnAgent, type AgentProcess, type AgentProcessOptions } from '../support/agent-process.ts'
import { tempDir } from '../support/temp-dir.ts'

const requests = Number(process.env['EC_TRACED'] ?? 400)
const reason = whyNoTracing()
if (reason !== null) tell(`the order of syncs and answers is not traced: ${reason}`)

describe.skipIf(reason !== null)('the order of syncs and answers', { timeout: 60_000 + requests * 50 }, () => {
  it('answers nothing before the log is synced that holds it', async () => {
    const random = createRandom(1)
    const agent = start({ dataDir: tempDir() })
    const { users, targets, serviceKey } = await prepareSetting(await agent.ready)
    const make = () =>
      random.oneIn(4) ? makeEmit(users, serviceKey, random) : makeWebhook(random.pick(targets), random)
    const traced = await traceAnswers({ agent, dir: tempDir(), requests, connections: 16, random, make })
    tell({ proof: 'answer-order', ...traced })
    expect(traced).toMatchObject({ early: 0, answers: traced.accepted })
    expect(traced.accepted).toBeGreaterThanOrEqual(requests)
    expect(traced.syncs).toBeGreaterThan(0)
  })

  it.each([
    { mode: 'synced', early: 'none' },
    { mode: 'unsynced', early: 'all' },
    // What is sent a second time was durable by then.
    { mode: 'hasty', early: 'some' },
  ])('finds in a bare server that is $mode: early answers, $early', async ({ mode, early }) => {
    const random = createRandom(2)
    const dataDir = tempDir()
    const server = start({
      dataDir,
      program: [join(import.meta.dirname, '..', 'durability', 'bare-server.js'), join(dataDir, 'bare.db'), mode],
    })
    await server.ready
    const target = { path: '/webhooks/github/bare', user: 'ana', secret: 'not looked at' }
    const make = () => makeWebhook(target, random)
    const traced = await traceAnswers({ agent: server, dir: tempDir(), requests: 100, connections: 8, random, make })
    expect(traced.answers).toBe(traced.accepted)
    if (early === 'some') expect(traced.early).toBeGreaterThan(0)
    else expect(traced.early).toBe(early === 'none' ? 0 : traced.answers)
  })
})

describe('the reading of a trace', () => {
  const MARK = '00000000-0000-4000-8000-000000000001'
  const read = `1 read(20<socket:[7]>, "POST /webhooks/github/x HTTP/1.1\\r\\nX-GitHub-Delivery: ${MARK}\\r\\n", 65536) = 90`
  const write = `2 pwrite64(21</d/ec.db-wal>, "\\r\\0\\0${MARK}push", 16384, 24) = 16384`
  const sync = '2 fsync(21</d/ec.db-wal>) = 0'
  const answer = '1 write(20<socket:[7]>, "HTTP/1.1 202 Accepted\\r\\n", 23) = 23'

  it.each([
    { what: 'a sync after the write', lines: [read, write, sync, answer], early: 0 },
    { what: 'no sync', lines: [read, write, answer], early: 1 },
    {
      what: 'a sync of the batch before, begun after the request was read',
      lines: [read, sync, answer, write, sync],
      early: 1,
    },
    {
      what: 'a sync begun before the write ended',
      lines: [read, '3 fsync(21</d/ec.db-wal> <unfinished ...>', write, '3 <... fsync resumed>) = 0', answer],
      early: 1,
    },
    {
      what: 'a sync that has not come back',
      lines: [read, write, '2 fsync(21</d/ec.db-wal> <unfinished ...>', answer, '2 <... fsync resumed>) = 0'],
      early: 1,
    },
    {
      what: 'a sync that failed',
      lines: [read, write, '2 fsync(21</d/ec.db-wal>) = -1 EIO (Input/output error)', answer],
      early: 1,
    },
    { what: 'a sync of another file', lines: [read, write, '2 fsync(22</d/ec.db>) = 0', answer], early: 1 },
    { what: 'a write of another request', lines: [read, write.replace('0001', '0002'), sync, answer], early: 1 },
  ])('judges $what', ({ lines, early }) => {
    expect(orderOf(lines)).toMatchObject({ answers: 1, early })
  })
})

function start(options: AgentProcessOptions): AgentProcess {
  const agent = spawnAgent(options)
  onTestFinished(async () => void (await agent.kill()))
  return agent
}
