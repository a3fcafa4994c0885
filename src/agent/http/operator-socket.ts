import { lstatSync, unlinkSync } from 'node:fs'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { EcError } from '../../core/errors.ts'

/**
 * Listens on a socket in the file system that only its owner can open (0600 from its first moment), or on a Windows
 * named pipe. A socket that a killed agent left behind is removed; `EC_AGENT_RUNNING` when somebody answers on it.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  if (path.startsWith('\\\\')) return await listen(server, path)
  await removeStale(path)
  // The socket is made inside `listen`, before it returns: with this mask it never has wider rights, not for a moment.
  const mask = process.umask(0o177)
  let listening: Promise<void>
  try {
    listening = listen(server, path)
  } finally {
    process.umask(mask)
  }
  await listening
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', fail)
    server.listen(path, () => {
      server.off('error', fail)
      resolve()
    })

    function fail(cause: Error): void {
      reject(new EcError('EC_DATA_DIR', `the operator's socket ${path} cannot be made`, { cause }))
    }
  })
}

async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) {
    throw new EcError('EC_DATA_DIR', `${path} is in the way: the operator's socket belongs there`, {
      hint: 'move that file away',
    })
  }
  if (await answers(path)) throw new EcError('EC_AGENT_RUNNING', `an agent already answers on ${path}`)
  unlinkSync(path)
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path)
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))

    function end(answered: boolean): void {
      socket.destroy()
      resolve(answered)
    }
  })
}
