import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { startAgent } from '#ec/agent/agent.js'
import { createClient, type EcClient } from '#ec/client.js'
import { createSystemClock } from '#ec/core/clock.js'
import { DEFAULT_CONFIG, type Config } from '#ec/core/config.js'
import { silentLog } from '#ec/core/log.js'
import { dataPaths } from '#ec/core/paths.js'
import { tempDir } from './temp-dir.js'

/** What an agent finds again when it is started once more. */
export interface AgentHome {
  readonly dataDir: string
  readonly masterKey: Uint8Array
}

export interface TestAgent {
  readonly home: AgentHome
  readonly url: string
  readonly socket: string
  /** The operator's, through the socket. */
  readonly client: EcClient
  /** Drains and stops; it happens by itself at the end of the test. */
  stop(): Promise<void>
}

/** The whole agent, in this process, on a free port and a folder of its own; it goes with the test. */
export async function openAgent(
  config: Partial<Config> = {},
  publicUrl: string | null = null,
  home: AgentHome = { dataDir: tempDir(), masterKey: randomBytes(32) },
): Promise<TestAgent> {
  const { dataDir, masterKey } = home
  const agent = await startAgent({
    config: { ...DEFAULT_CONFIG, ...config },
    dataDir,
    paths: dataPaths(dataDir, process.platform, dataDir),
    masterKey,
    keySource: 'the test',
    version: '0.0.0',
    host: '127.0.0.1',
    port: 0,
    publicUrl,
    env: process.env,
    logLevel: 'silent',
    log: silentLog,
    clock: createSystemClock(),
  })
  const client = createClient({ socket: agent.socket })
  onTestFinished(async () => {
    client.close()
    await agent.stop(1_000)
  })
  return { home, url: agent.url, socket: agent.socket, client, stop: () => agent.stop(1_000) }
}
