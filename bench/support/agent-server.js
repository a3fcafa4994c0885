// The agent as it ships, in a process of its own, on a fresh data folder; `EC_BENCH_STORE` adds to the store's URL.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startAgent } from '#ec/agent/agent.js'
import { createSystemClock } from '#ec/core/clock.js'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { silentLog } from '#ec/core/log.js'
import { dataPaths } from '#ec/core/paths.js'
import { keepHeapSmall } from '#ec/core/keep-heap-small.js'

const dataDir = mkdtempSync(join(tmpdir(), 'ec-bench-'))
const paths = dataPaths(dataDir, process.platform, tmpdir())
const database_url = pathToFileURL(paths.store).href + (process.env.EC_BENCH_STORE ?? '')
const clock = createSystemClock()
// As `ec agent` does.
keepHeapSmall({ clock })
const agent = await startAgent({
  config: {
    ...DEFAULT_CONFIG,
    database_url,
    receive: { ...DEFAULT_CONFIG.receive, backlog: 10_000_000 },
    ...JSON.parse(process.env.EC_BENCH_CONFIG ?? '{}'),
    ...(process.env.EC_BENCH_PUSH_HOST
      ? { push: { ...DEFAULT_CONFIG.push, hosts: process.env.EC_BENCH_PUSH_HOST.split(',') } }
      : {}),
  },
  env: {},
  dataDir,
  paths,
  masterKey: Buffer.alloc(32, 7),
  keySource: 'the benchmark',
  version: 'bench',
  host: '127.0.0.1',
  port: Number(process.env.EC_BENCH_PORT ?? 0),
  publicUrl: process.env.EC_BENCH_PORT === undefined ? null : `http://127.0.0.1:${process.env.EC_BENCH_PORT}`,
  logLevel: 'error',
  log: { ...silentLog, error: (message, fields) => console.error(message, fields) },
  clock,
})
process.on('message', async message => {
  if (message !== 'stop') return
  await agent.stop(1000)
  rmSync(dataDir, { recursive: true, force: true })
  process.exit(0)
})
process.send({ port: Number(new URL(agent.url).port), socket: agent.socket })

// Whoever started it may have been killed.
process.on('disconnect', () => process.exit())
