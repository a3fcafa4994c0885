import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { judge, type CheckResult } from '../../core/check.ts'
import type { Clock } from '../../core/clock.ts'
import { checkSpace, type Space } from '../../core/disk-space.ts'
import type { JobState } from '../../core/job.ts'
import type { WriterTrouble } from './writer.ts'

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
  if (store.trouble()?.error.code !== 'EC_STORE_CORRUPT') return judge('store.integrity', 'ok')
  return judge('store.integrity', 'fail', 'its check failed')
}

function checkWriter(store: CheckedStore): CheckResult {
  const trouble = store.trouble()
  const waiting = store.waiting()
  if (trouble) {
    const seconds = Math.max(0, Math.round((store.clock.now() - trouble.since) / 1000))
    return judge('store.writer', 'fail', `${trouble.error.code} for ${seconds} s`, trouble.error.hint)
  }
  if (waiting > MANY_WAITING) return judge('store.writer', 'warn', `${waiting} writes wait for the disk`)
  return judge('store.writer', 'ok')
}

type Counts = Readonly<Record<JobState, number>>

function checkDead({ dead }: Counts): CheckResult {
  return dead === 0 ? judge('jobs.dead', 'ok') : judge('jobs.dead', 'warn', `${dead} dead letters`)
}

function checkBacklog({ ready }: Counts): CheckResult {
  return judge('jobs.backlog', ready <= LONG_BACKLOG ? 'ok' : 'warn', `${ready} jobs wait`)
}

async function freeSpace(file: string): Promise<Space | null> {
  try {
    const { bavail, blocks, bsize } = await statfs(dirname(file))
    return blocks > 0 ? { free: bavail * bsize, total: blocks * bsize } : null
  } catch {
    return null
  }
}
