import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { CheckResult } from '../../core/check.ts'
import type { Clock } from '../../core/clock.ts'
import type { JobState } from '../../core/job.ts'
import type { WriterTrouble } from './writer.ts'

const GIB = 2 ** 30
const MIB = 2 ** 20
/** Below it new notifications are in danger of being refused. */
const LOW_BYTES = GIB
const LOW_SHARE = 0.05
const CRITICAL_BYTES = 100 * MIB
/** Units that wait for the disk: some batches' worth. */
const MANY_WAITING = 4096
const LONG_BACKLOG = 10_000

export interface CheckedStore {
  readonly file: string
  readonly clock: Clock
  waiting(): number
  trouble(): WriterTrouble | null
  /** Must not wait for the disk. */
  countJobs(): Promise<Counts>
}

/** How the embedded store is. Cheap enough for every look at `/health`. */
export async function checkStore(store: CheckedStore): Promise<readonly CheckResult[]> {
  const [space, counts] = await Promise.all([freeSpace(store.file), store.countJobs()])
  return [checkIntegrity(store), checkWriter(store), checkSpace(space), checkDead(counts), checkBacklog(counts)]
}

function checkIntegrity(store: CheckedStore): CheckResult {
  const base = { code: 'store.integrity', title: 'the store is whole' }
  if (store.trouble()?.error.code !== 'EC_STORE_CORRUPT') return { ...base, status: 'ok' }
  return { ...base, status: 'fail', detail: 'its check failed', hint: 'restore a backup with `ec restore FILE`' }
}

function checkWriter(store: CheckedStore): CheckResult {
  const base = { code: 'store.writer', title: 'the store takes writes' }
  const trouble = store.trouble()
  const waiting = store.waiting()
  if (trouble) {
    const seconds = Math.max(0, Math.round((store.clock.now() - trouble.since) / 1000))
    return { ...base, status: 'fail', detail: `${trouble.error.code} for ${seconds} s`, hint: trouble.error.hint }
  }
  if (waiting > MANY_WAITING) {
    return {
      ...base,
      status: 'warn',
      detail: `${waiting} writes wait for the disk`,
      hint: 'see what else uses this disk',
    }
  }
  return { ...base, status: 'ok' }
}

/** Exported for its table of limits. */
export function checkSpace(space: { readonly free: number; readonly total: number } | null): CheckResult {
  const base = { code: 'store.disk.space', title: 'room on the disk' }
  if (!space) return { ...base, status: 'skip', detail: 'this file system does not tell', hint: 'look at it yourself' }
  const { free, total } = space
  const detail = `${free >= GIB ? `${(free / GIB).toFixed(1)} GiB` : `${Math.floor(free / MIB)} MiB`} free`
  const hint = 'free some space on the disk of the data folder'
  if (free < CRITICAL_BYTES) return { ...base, status: 'fail', detail, hint }
  if (free < LOW_BYTES || free < total * LOW_SHARE) return { ...base, status: 'warn', detail, hint }
  return { ...base, status: 'ok', detail }
}

type Counts = Readonly<Record<JobState, number>>

function checkDead(counts: Counts): CheckResult {
  const base = { code: 'jobs.dead', title: 'no job was given up' }
  if (counts.dead === 0) return { ...base, status: 'ok' }
  return { ...base, status: 'warn', detail: `${counts.dead} dead letters`, hint: 'see `ec jobs list --state dead`' }
}

function checkBacklog(counts: Counts): CheckResult {
  const base = { code: 'jobs.backlog', title: 'work is done as it comes' }
  const detail = `${counts.ready} jobs wait`
  if (counts.ready <= LONG_BACKLOG) return { ...base, status: 'ok', detail }
  return { ...base, status: 'warn', detail, hint: 'see what they are with `ec jobs list --state ready`' }
}

async function freeSpace(file: string): Promise<{ readonly free: number; readonly total: number } | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(dirname(file))
    return blocks > 0 ? { free: bavail * bsize, total: blocks * bsize } : null
  } catch {
    return null
  }
}
