import { closeSync, lstatSync, openSync, rmSync, writeSync } from 'node:fs'
import { connect } from 'node:net'
import Database from 'better-sqlite3'

/**
 * Run in a process of its own: removes the socket and the agent.json of an agent that was killed. It takes the lock that
 * an agent holds as long as it lives, and only then looks whether somebody answers: with the lock in hand nobody can be
 * starting. An agent that is started in this moment is refused, and is to be started again.
 */

const [, , lock = '', socket = '', agentFile = ''] = process.argv

// As the agent makes it: its owner's alone.
closeSync(openSync(lock, 'a', 0o600))
const db = new Database(lock, { timeout: 0 })
try {
  db.exec('begin exclusive')
  if (await answers(socket)) throw new Error(`somebody answers at ${socket}`)
  const removed = [socket, agentFile].filter(path => remove(path))
  writeSync(1, `${JSON.stringify({ removed })}\n`)
} finally {
  db.close()
}

function remove(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || !(found.isSocket() || found.isFile())) return false
  rmSync(path)
  return true
}

function answers(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const found = connect(path)
    found.once('connect', () => end(true))
    found.once('error', () => end(false))

    function end(answered: boolean): void {
      found.destroy()
      resolve(answered)
    }
  })
}
