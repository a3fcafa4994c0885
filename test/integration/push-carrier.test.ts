import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createEndpointGuard } from '#ec/agent/dispatch/push/endpoint-guard.js'
import { createPushCarrier } from '#ec/agent/dispatch/push/thread-carrier.js'
import type { ApiCall } from '#ec/core/api-call.js'
import { createSystemClock } from '#ec/core/clock.js'
import { openPushService } from '../support/push-service.js'
import { tempDir } from '../support/temp-dir.js'
import { createTestLog } from '../support/test-log.js'

type Keys = { readonly p256dh: string; readonly auth: string }

const accepted = { type: 'answered', status: 201 }

/** A carrier to a real push service. */
async function open(options: { readonly cores?: number; readonly thread?: string } = {}) {
  const { cores = 2, thread } = options
  const service = await openPushService()
  const log = createTestLog()
  const calls: ApiCall[] = []
  const { lookup } = createEndpointGuard({ hosts: [service.host], allowsAddress: () => true })
  const carrier = createPushCarrier({
    lookup,
    clock: createSystemClock(),
    random: Math.random,
    record: call => void calls.push(call),
    ca: service.ca,
    log,
    cores,
    ...(thread === undefined ? {} : { thread: writeThread(thread) }),
  })
  onTestFinished(() => carrier.close())
  const unending = new AbortController().signal
  function carry(text: Uint8Array, to: Keys & { readonly endpoint: string }, signal = unending) {
    const { endpoint, ...keys } = to
    const said = { ttl: 60, urgency: 'normal', topic: 'a', authorization: 'vapid t=t, k=k', attempt: 1 } as const
    return carrier.carry({ ...said, url: new URL(endpoint), plaintext: text, keys }, signal)
  }
  return { service, log, calls, carrier, carry }
}

function writeThread(source: string): URL {
  const file = join(tempDir(), 'thread.mjs')
  writeFileSync(file, source)
  return pathToFileURL(file)
}

/** So many messages at once, each to a device of its own that reads it. */
async function exchange({ service, carry }: Awaited<ReturnType<typeof open>>, count: number): Promise<void> {
  const before = service.received.length
  const texts = Array.from({ length: count }, (_, i) => JSON.stringify({ n: i }))
  const answers = await Promise.all(texts.map(text => carry(Buffer.from(text), service.subscribe())))
  for (const answer of answers) expect(answer).toMatchObject(accepted)
  const got = service.received.slice(before).map(({ message }) => JSON.stringify(message))
  expect(got.toSorted()).toEqual(texts.toSorted())
}

describe('the carrier of pushes', () => {
  it.each([1, 16, 60])('brings %i at once, each to its own device, and counts each', async count => {
    const opened = await open()
    await exchange(opened, count)
    await exchange(opened, count)
    expect(opened.calls.map(({ status, account }) => [status, account])).toEqual(
      Array.from({ length: 2 * count }, () => [201, `https://${opened.service.host}`]),
    )
  })

  it('gives one text to many devices', async () => {
    const { service, carry } = await open()
    const text = Buffer.from('{"n":1}')
    const answers = await Promise.all(Array.from({ length: 20 }, () => carry(text, service.subscribe())))
    for (const answer of answers) expect(answer).toMatchObject(accepted)
    expect(service.received.map(({ message }) => message)).toEqual(Array.from({ length: 20 }, () => ({ n: 1 })))
  })

  it('works where there is a single core', async () => {
    const opened = await open({ cores: 1 })
    await exchange(opened, 20)
  })

  it('refuses what cannot be encrypted, and nothing beside it', async () => {
    const { service, carry } = await open()
    const settled = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) => {
        const to = service.subscribe()
        return carry(i === 5 ? randomBytes(4_000) : Buffer.from('{}'), i === 9 ? { ...to, p256dh: 'AAAA' } : to)
      }),
    )
    expect(settled.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))).toEqual([5, 9])
  })

  it('does here what a thread that cannot start was given, and everything after it', async () => {
    const opened = await open({ thread: 'throw new Error("no")' })
    await exchange(opened, 20)
    await exchange(opened, 20)
    expect(new Set(opened.log.lines.map(({ level, message }) => `${level}: ${message}`))).toEqual(
      new Set(['error: a thread for pushes failed']),
    )
  })

  it('has what a thread had in hand tried again later when that ends, since it may have been sent', async () => {
    const opened = await open({
      thread: `import { parentPort } from 'node:worker_threads'
        parentPort.on('message', () => process.exit(3))
        parentPort.postMessage({ type: 'ready' })`,
    })
    const { service, carry } = opened
    expect(await carry(Buffer.from('{}'), service.subscribe())).toEqual({ type: 'failed', failure: 'cut' })
    await exchange(opened, 20)
  })

  it('gives up what is under way when it is closed, and says so of each', async () => {
    const { service, carry, carrier, calls } = await open()
    const pending = Array.from({ length: 40 }, () => carry(Buffer.from('{}'), service.subscribe('hang')))
    await expect.poll(() => service.arrived()).toBe(40)
    await carrier.close()
    const aborted = { type: 'failed', failure: 'aborted' }
    expect(await Promise.all(pending)).toEqual(pending.map(() => aborted))
    expect(calls.map(({ error }) => error)).toEqual(pending.map(() => 'aborted'))
    expect(await carry(Buffer.from('{}'), service.subscribe())).toEqual(aborted)
  })

  it('ends when a thread hangs', async () => {
    const { service, carry, carrier } = await open({
      thread: `import { parentPort } from 'node:worker_threads'
        parentPort.on('message', () => {})
        parentPort.postMessage({ type: 'ready' })`,
    })
    const pending = carry(Buffer.from('{}'), service.subscribe())
    await carrier.close()
    expect(await pending).toEqual({ type: 'failed', failure: 'aborted' })
  })
})
