import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'

/** A process of this machine. */
export interface Holder {
  readonly pid: number
  /** Its short name, as `top` shows it. */
  readonly name: string
}

/**
 * The process that holds the agent's lock, by Linux's table of locks; null when none does or it cannot be told. Only
 * looked up, never tried: whoever tries a lock has it for a moment, and an agent that starts just then is refused.
 */
export function findLockHolder(lock: string): Holder | null {
  return onLinux(() => {
    const { ino } = statSync(lock)
    const path = realpathSync(lock)
    return readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .filter(line => line.includes(' WRITE ') && line.includes(`:${ino} `))
      .map(line => Number(line.trim().split(/\s+/)[4]))
      .find(pid => pid > 0 && linksOf(pid).includes(path))
  })
}

/** The process that listens on a TCP port here; null when it cannot be told, as of another user's. */
export function findPortHolder(port: number): Holder | null {
  return onLinux(() => {
    const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap(table => listeningOn(port, table)))
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .map(Number)
      .find(pid => linksOf(pid).some(link => sockets.has(link)))
  })
}

function onLinux(find: () => number | undefined): Holder | null {
  if (process.platform !== 'linux') return null
  try {
    const pid = find()
    return pid === undefined ? null : { pid, name: readFileSync(`/proc/${pid}/comm`, 'utf8').trim() }
  } catch {
    return null
  }
}

const LISTENS = '0A'

/** `socket:[INODE]` of each socket that listens on the port; the columns are those of proc(5). */
function listeningOn(port: number, table: string): readonly string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync(table, 'utf8')
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => local.endsWith(wanted) && state === LISTENS)
    .map(columns => `socket:[${columns[9]}]`)
}

/** What a process has open; nothing of one that is not ours to look into. */
function linksOf(pid: number): readonly string[] {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).flatMap(fd => {
      try {
        return [readlinkSync(`${folder}/${fd}`)]
      } catch {
        return []
      }
    })
  } catch {
    return []
  }
}
