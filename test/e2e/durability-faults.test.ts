import { rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { ErrorCode } from '#ec/core/error-codes.js'
import type { Ledger } from '../durability/ledger.ts'
import { measure, measureGets, measurePings, percentile } from '../durability/latency.ts'
import { ask, call, type Answer, type Door } from '../durability/operator.ts'
import { makeWebhook, type Parcel } from '../durability/parcel.ts'
import { privateDisk, seenFromOutside, whyNoPrivateDisk } from '../durability/private-disk.ts'
import { createRandom } from '../durability/random.ts'
import { prepareSetting, type Setting } from '../durability/setting.ts'
import { attach, whyNoTracing } from '../durability/strace.ts'
import { tell } from '../durability/tell.ts'
import { Traffic } from '../durability/traffic.ts'
import { spawnAgent, type AgentProcess, type AgentProcessOptions } from '../support/agent-process.ts'
import { tempDir } from '../support/temp-dir.ts'

const noDisk = whyNoPrivateDisk()
const noTracing = whyNoTracing()
for (const reason of [noDisk, noTracing]) if (reason !== null) tell(`not tried: ${reason}`)

/** Every fsync of every thread comes back so much later. */
const SLOW_SYNC_MS = 200
const MEASURED_MS = 4_000

describe.skipIf(noDisk !== null)('a full disk', { timeout: 120_000 }, () => {
  it('refuses with 503 what it cannot keep, goes on reading, and recovers by itself when there is room', async () => {
    const dataDir = tempDir()
    const agent = start({ dataDir, ...privateDisk(dataDir, 'size=24m,mode=700') })
    const { url, socket, pid } = await agent.ready
    const operator = { socket: seenFromOutside(pid, socket) }
    const setting = await prepareSetting(operator)
    const traffic = startTraffic(agent, setting)
    expect(await traffic.flows(200, 20_000)).toBe(true)

    const filler = await fill(seenFromOutside(pid, join(dataDir, 'filler')))
    const refusal = await untilRefused(url, setting, traffic)
    expect(refusal).toMatchObject({ status: 503, body: { code: 'EC_STORAGE_FULL' } })
    expect(Number(refusal.headers['retry-after'])).toBeGreaterThan(0)
    await expectReadingGoesOn({ url, operator, setting, code: 'EC_STORAGE_FULL' })

    rmSync(filler)
    expect(await traffic.flows(200, 30_000)).toBe(true)
    expect(await writerCheck(operator)).toMatchObject({ status: 'ok' })
    const { violations } = await traffic.conclude(async () => operator)
    tell({ proof: 'full-disk', requests: traffic.ledger.statuses })
    expect(violations.slice(0, 20)).toEqual([])
  })
})

describe.skipIf(noTracing !== null)('a failing disk', { timeout: 120_000 }, () => {
  it('refuses with 503 what was not synced, goes on reading, and recovers by itself', async () => {
    const dataDir = tempDir()
    const agent = start({ dataDir })
    const { url, socket, pid } = await agent.ready
    const operator = { socket }
    const setting = await prepareSetting(operator)
    const traffic = startTraffic(agent, setting)
    expect(await traffic.flows(200, 20_000)).toBe(true)

    const failing = await attach(pid, [
      '-o',
      '/dev/null',
      '-e',
      'trace=fsync,fdatasync',
      '-e',
      'inject=fsync,fdatasync:error=EIO',
    ])
    const refusal = await untilRefused(url, setting, traffic)
    expect(refusal).toMatchObject({ status: 503, body: { code: 'EC_STORAGE_FAILED' } })
    expect(Number(refusal.headers['retry-after'])).toBeGreaterThan(0)
    await expectReadingGoesOn({ url, operator, setting, code: 'EC_STORAGE_FAILED' })
    await failing.detach()

    expect(await traffic.flows(200, 30_000)).toBe(true)
    expect(await writerCheck(operator)).toMatchObject({ status: 'ok' })
    const { violations } = await traffic.conclude(async () => operator)
    tell({ proof: 'failing-disk', requests: traffic.ledger.statuses })
    expect(violations.slice(0, 20)).toEqual([])
  })
})

describe.skipIf(noTracing !== null)('a slow disk', { timeout: 120_000 }, () => {
  it('answers others and keeps its clients while commits wait', async () => {
    const agent = start({ dataDir: tempDir() })
    const { url, socket, pid } = await agent.ready
    const setting = await prepareSetting({ socket })
    const traffic = startTraffic(agent, setting)
    expect(await traffic.flows(100, 20_000)).toBe(true)
    const ws = await openClient(url, setting)
    const random = createRandom(6)

    const slow = await attach(pid, [
      '-o',
      '/dev/null',
      '-e',
      'trace=fsync,fdatasync',
      '-e',
      `inject=fsync,fdatasync:delay_enter=${SLOW_SYNC_MS * 1000}`,
    ])
    const over = AbortSignal.timeout(MEASURED_MS)
    const [health, status, list, pings, webhooks] = await Promise.all([
      measureGets({ url }, '/health', over),
      measureGets({ socket }, '/api/status', over),
      measureGets({ url, bearer: setting.tokens.get('ana') ?? '' }, '/api/events?limit=10', over),
      measurePings(ws, over),
      measure(over, () => post(url, makeWebhook(random.pick(setting.targets), random), traffic.ledger)),
    ])
    await slow.detach()
    const told = Object.fromEntries(
      Object.entries({ health, status, list, pings, webhooks }).map(([name, all]) => {
        return [name, { n: all.length, p50: percentile(all, 0.5), p99: percentile(all, 0.99) }]
      }),
    )
    tell({ proof: 'slow-disk', sync_ms: SLOW_SYNC_MS, ...told })
    expect(percentile(webhooks, 0.5)).toBeGreaterThan(SLOW_SYNC_MS)
    for (const others of [health, status, list, pings]) {
      // One after the other, each waiting for a sync: there would be no more of them than syncs.
      expect(others.length).toBeGreaterThan(MEASURED_MS / SLOW_SYNC_MS)
      expect(percentile(others, 0.5)).toBeLessThan(percentile(webhooks, 0.5))
    }
    const { violations } = await traffic.conclude(async () => ({ socket }))
    expect(violations.slice(0, 20)).toEqual([])
  })
})

function start(options: AgentProcessOptions): AgentProcess {
  const agent = spawnAgent(options)
  onTestFinished(async () => void (await agent.kill()))
  return agent
}

function startTraffic(agent: AgentProcess, setting: Setting): Traffic {
  const traffic = new Traffic({ agent: { up: () => agent.ready }, setting, random: createRandom(4) })
  onTestFinished(() => traffic.stop())
  traffic.start()
  return traffic
}

/** Takes all the room that is left. */
async function fill(path: string): Promise<string> {
  const file = await open(path, 'w')
  for (let size = 1024 * 1024; size >= 512;) {
    const { bytesWritten } = await file.write(Buffer.alloc(size)).catch(() => ({ bytesWritten: 0 }))
    if (bytesWritten < size) size /= 2
  }
  await file.close()
  return path
}

/** Sends webhooks until one is refused, and gives the refusal. */
async function untilRefused(url: string, { targets }: Setting, { ledger }: Traffic): Promise<Answer> {
  const random = createRandom(5)
  for (let n = 0; n < 10_000; n++) {
    const answer = await post(url, makeWebhook(random.pick(targets), random), ledger)
    if (answer.status !== 202) return answer
  }
  throw new Error('the disk is broken and nothing is refused')
}

/** One request beside the traffic, in the same books. */
async function post(url: string, parcel: Parcel, ledger: Ledger): Promise<Answer> {
  const { path, headers, body } = parcel
  ledger.sent(parcel)
  const answer = await fetch(url + path, { method: 'POST', headers, body })
  const { status } = answer
  const text = await answer.text()
  ledger.answered(parcel, status, text)
  return { status, headers: Object.fromEntries(answer.headers), body: text === '' ? {} : JSON.parse(text) }
}

/** Lists, the event stream and its heartbeat need no disk that takes anything; health and status say what is wrong. */
async function expectReadingGoesOn({ url, operator, setting, code }: Reading): Promise<void> {
  const bearer = setting.tokens.get('ana') ?? ''
  expect(await call({ url }, 'GET', '/health')).toMatchObject({ status: 503, body: { status: 'fail' } })
  expect(await writerCheck(operator)).toMatchObject({ status: 'fail', detail: expect.stringContaining(code) })
  expect(await call({ url, bearer }, 'GET', '/api/events?limit=5')).toMatchObject({ status: 200 })
  expect(await call(operator, 'GET', '/api/notifications?limit=5')).toMatchObject({ status: 200 })
  const ws = await openClient(url, setting)
  const pings = await measurePings(ws, AbortSignal.timeout(300))
  expect(pings.length).toBeGreaterThan(0)
  ws.terminate()
}

interface Reading {
  readonly url: string
  readonly operator: Door
  readonly setting: Setting
  /** What the disk was refused with. */
  readonly code: ErrorCode
}

async function writerCheck(operator: Door): Promise<unknown> {
  const { checks } = z
    .object({ checks: z.array(z.looseObject({ code: z.string() })) })
    .parse(await ask(operator, 'GET', '/api/status'))
  return checks.find(check => check.code === 'store.writer')
}

async function openClient(url: string, { tokens }: Setting): Promise<WebSocket> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/ws`, {
    headers: { authorization: `Bearer ${tokens.get('ana')}` },
  })
  onTestFinished(() => ws.terminate())
  await new Promise((resolve, reject) => {
    ws.once('message', resolve)
    ws.once('error', reject)
  })
  return ws
}
