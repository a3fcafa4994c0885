import { judge, type CheckResult } from './check.ts'

const GIB = 2 ** 30
const MIB = 2 ** 20
/** Below it new notifications are in danger of being refused. */
const LOW_BYTES = GIB
const LOW_SHARE = 0.05
const CRITICAL_BYTES = 100 * MIB

/** Bytes of a file system, as `statfs` counts them for whoever is not root. */
export interface Space {
  readonly free: number
  readonly total: number
}

/** What the room on the disk of the store means; null = the file system does not tell. */
export function checkSpace(space: Space | null): CheckResult {
  if (!space) return judge('store.disk.space', 'skip', 'this file system does not tell', 'look at it yourself')
  const { free, total } = space
  const detail = `${free >= GIB ? `${(free / GIB).toFixed(1)} GiB` : `${Math.floor(free / MIB)} MiB`} free`
  if (free < CRITICAL_BYTES) return judge('store.disk.space', 'fail', detail)
  return judge('store.disk.space', free < LOW_BYTES || free < total * LOW_SHARE ? 'warn' : 'ok', detail)
}
