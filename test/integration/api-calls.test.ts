import { createServer } from 'node:http'
import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { createMeter } from '#ec/agent/http/metrics.js'
import { startLedger } from '#ec/agent/ledger.js'
import { createSystemClock } from '#ec/core/clock.js'
import { createHttpDoor } from '#ec/core/http.js'
import { silentLog } from '#ec/core/log.js'
import { openTestBackend } from '../support/test-backend.ts'

it('keeps every request to a provider, redirects and retries too, in the ledger of the store', async () => {
  const clock = createSystemClock()
  const { store } = await openTestBackend(clock)
  const meter = createMeter()
  const ledger = startLedger({ store, clock, log: silentLog, meter })
  const door = createHttpDoor({
    clock,
    random: () => 0,
    record: ledger.record,
    retry: { maxAttempts: 3, baseMs: 1, capMs: 1 },
  })
  onTestFinished(() => door.close())
  const url = await startProvider()
  const read = door.fetchFor({ provider: 'github', account: 'ana', operation: 'contents.get', cause: 'polling' })
  const renew = door.fetchFor({ provider: 'github', account: 'ana', operation: 'hooks.ping', cause: 'renew' })
  expect((await read(`${url}/moved`)).status).toBe(200)
  expect((await renew(`${url}/flaky`)).status).toBe(200)
  await ledger.flush()
  expect(await store.sumCalls(0)).toEqual([
    {
      provider: 'github',
      account: 'ana',
      operation: 'contents.get',
      cause: 'polling',
      calls: 2,
      retries: 0,
      failures: 0,
    },
    { provider: 'github', account: 'ana', operation: 'hooks.ping', cause: 'renew', calls: 3, retries: 2, failures: 2 },
  ])
  expect(meter.sum('ec_api_calls_total')).toBe(5)
  expect(meter.sum('ec_api_calls_total', ({ cause }) => cause === 'renew')).toBe(3)
})

/** A provider that moves one thing and answers another only at the third attempt. */
async function startProvider(): Promise<string> {
  let flaky = 0
  const server = createServer((request, response) => {
    if (request.url === '/moved') return response.writeHead(302, { location: '/here' }).end()
    if (request.url === '/flaky' && ++flaky < 3) return response.writeHead(503).end()
    response.end('ok')
  }).listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}
