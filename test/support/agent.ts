import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { startAgent } from '#ec/agent/agent.js'
import { createClient, type EcClient } from '#ec/client.js'
import { createSystemClock } from '#ec/core/clock.js'
import { DEFAULT_CONFIG, type Config } from '#ec/core/config.js'
import { silentLog } from '#ec/core/log.js'
import { dataPaths } from '#ec/core/paths.js'
import { tempDir } from './temp-dir.js'

export interface TestAgent {
  readonly url: string
  /** The operator's, through the socket. */
  readonly client: EcClient
}

/** The whole agent, in this process, on a free port and a folder of its own; it goes with the test. */
export async function openAgent(config: Partial<Config> = {}, publicUrl: string | null = null): Promise<TestAgent> {
  const dataDir = tempDir()
  const agent = await startAgent({
    config: { ...DEFAULT_CONFIG, ...config },
    dataDir,
    paths: dataPaths(dataDir, process.platform, dataDir),
    masterKey: randomBytes(32),
    keySource: 'the test',
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    publicUrl,
    logLevel: 'silent',
    log: silentLog,
    clock: createSystemClock(),
  })
  const client = createClient({ socket: agent.socket })
  onTestFinished(async () => {
    client.close()
    await agent.stop(1_000)
  })
  return { url: agent.url, client }
}
