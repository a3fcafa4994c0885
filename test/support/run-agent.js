// Runs an agent as `ec agent` does, until there is that command.
import { mkdirSync } from 'node:fs'
import { startAgent } from '#ec/agent/agent.js'
import { createSystemClock } from '#ec/core/clock.js'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { dataPaths } from '#ec/core/paths.js'

const [dataDir = '', port = '0'] = process.argv.slice(2)
const log = { debug: () => {}, info: tell, warn: tell, error: tell }

try {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const agent = await startAgent({
    config: DEFAULT_CONFIG,
    dataDir,
    paths: dataPaths(dataDir, process.platform, '/tmp'),
    masterKey: Buffer.alloc(32, 1),
    version: '0.1.0',
    host: '127.0.0.1',
    port: Number(port),
    publicUrl: null,
    logLevel: 'info',
    log,
    clock: createSystemClock(),
  })
  const { url, socket, version } = agent
  process.stdout.write(`${JSON.stringify({ type: 'ready', url, socket, version, pid: process.pid })}\n`)
  process.on('SIGTERM', () => void agent.stop(2000).then(() => process.exit(143)))
  setInterval(() => {}, 1000)
} catch (error) {
  process.stderr.write(`${error.code}: ${error.message}\n`)
  process.exit(1)
}

function tell(message, fields) {
  process.stderr.write(`${JSON.stringify({ message, ...fields })}\n`)
}
