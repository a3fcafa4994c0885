import { randomBytes } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { findMountType } from './find-mount.ts'

/** Run in a process of its own: looks at a data folder and tries a write. Facts that are known already are not lost. */

const [, , dir = ''] = process.argv

tell('folder', readFolder())
tell('mount', orNull(readMount))
tell('disk', orNull(readDisk))
tell('files', orNull(readFiles) ?? [])
tell('write', tryWrite())

function readFolder(): unknown {
  try {
    const stats = statSync(dir)
    return { isFolder: stats.isDirectory(), uid: stats.uid, mode: stats.mode & 0o777, error: null }
  } catch (error) {
    return { isFolder: false, uid: 0, mode: 0, error: codeOf(error) }
  }
}

function readMount(): unknown {
  return findMountType(readFileSync('/proc/self/mountinfo', 'utf8'), realpathSync(dir))
}

function readDisk(): unknown {
  const { bavail, blocks, bsize, files, ffree } = statfsSync(dir)
  return { free: bavail * bsize, total: blocks * bsize, inodes: files, freeInodes: ffree }
}

function readFiles(): unknown {
  return readdirSync(dir).flatMap(name => {
    const stats = lstatSync(join(dir, name), { throwIfNoEntry: false })
    if (stats === undefined || !(stats.isFile() || stats.isSocket())) return []
    return [{ path: join(dir, name), mode: stats.mode & 0o777, uid: stats.uid }]
  })
}

/** Null when a file can be written down to the disk, else the system's code. */
function tryWrite(): string | null {
  const path = join(dir, `.doctor-${randomBytes(6).toString('hex')}`)
  try {
    const fd = openSync(path, 'wx', 0o600)
    try {
      writeSync(fd, Buffer.alloc(4096))
      fsyncSync(fd)
    } finally {
      closeSync(fd)
      rmSync(path)
    }
    return null
  } catch (error) {
    return codeOf(error)
  }
}

function orNull(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return null
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function tell(name: string, value: unknown): void {
  writeSync(1, `${JSON.stringify({ [name]: value })}\n`)
}
