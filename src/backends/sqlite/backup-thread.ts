import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { openReader } from './connection.ts'

/** Copies the store in one read transaction; the copy gets its name only once it is whole and on the disk. */
const { file, target }: { file: string; target: string } = workerData
parentPort?.postMessage(copy())

function copy(): string | null {
  const partial = `${target}.partial`
  try {
    if (existsSync(target)) return `${target} exists already`
    rmSync(partial, { force: true })
    const connection = openReader(file)
    try {
      connection.db.pragma('query_only = off')
      connection.db.prepare('vacuum into ?').run(partial)
    } finally {
      connection.close()
    }
    const fd = openSync(partial, 'r+')
    fsyncSync(fd)
    closeSync(fd)
    renameSync(partial, target)
    return null
  } catch (error) {
    rmSync(partial, { force: true })
    return error instanceof Error ? error.message : String(error)
  }
}
