import { join } from 'node:path'
import { createHash } from 'node:crypto'

/** The files of a data folder. Everything in it is for its owner alone. */
export interface DataPaths {
  readonly dir: string
  readonly store: string
  /** Held by the running agent; the operating system lets go of it when the process ends, however it ends. */
  readonly lock: string
  /** Where the running agent says how it is reached. */
  readonly agent: string
  readonly masterKey: string
  /** The operator's door: a socket, on Windows a named pipe. */
  readonly socket: string
}

/** Linux takes 107 bytes in a socket's path, macOS 103; beyond 100 the socket goes to the runtime folder. */
const MAX_SOCKET_PATH = 100

export function dataPaths(dir: string, platform: NodeJS.Platform, runtimeDir: string): DataPaths {
  return {
    dir,
    store: join(dir, 'ec.db'),
    lock: join(dir, 'agent.lock'),
    agent: join(dir, 'agent.json'),
    masterKey: join(dir, 'master.key'),
    socket: socketPath(dir, platform, runtimeDir),
  }
}

/** Where an agent with made-up providers keeps its things, apart from the real ones. */
export function sandboxDir(dir: string): string {
  return join(dir, 'sandbox')
}

function socketPath(dir: string, platform: NodeJS.Platform, runtimeDir: string): string {
  const name = createHash('sha256').update(dir).digest('hex').slice(0, 16)
  if (platform === 'win32') return `\\\\.\\pipe\\eventcenter-${name}`
  const inside = join(dir, 'agent.sock')
  return Buffer.byteLength(inside) <= MAX_SOCKET_PATH ? inside : join(runtimeDir, `eventcenter-${name}.sock`)
}
