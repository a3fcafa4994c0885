import { judge } from '../../core/check.ts'
import type { Finding } from './finding.ts'
import type { DiskFacts } from './look-at-folder.ts'

/** `f_type` of Linux (linux/magic.h); other systems number otherwise, and are not asked. */
const NETWORK_TYPES: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9p'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
])

/** Pure; `platform` is this process's. */
export function judgeNetwork(disk: DiskFacts | null | undefined, platform: NodeJS.Platform): Finding {
  if (disk === null || disk === undefined || platform !== 'linux') {
    return judge('data.network', 'skip', 'this system does not tell', 'see where the folder lies yourself')
  }
  const name = NETWORK_TYPES.get(disk.type >>> 0)
  if (name === undefined) return judge('data.network', 'ok')
  return judge('data.network', 'warn', `it is on ${name}, where SQLite's locks cannot be relied on`)
}

const FEW_INODES = 1_000
const MANY_INODES = 10_000

/** Pure. */
export function judgeInodes(disk: DiskFacts | null | undefined): Finding {
  if (!disk || disk.inodes === 0) {
    return judge('store.disk.inodes', 'skip', 'this file system counts no inodes', 'nothing to do')
  }
  const { freeInodes } = disk
  const detail = `${freeInodes.toLocaleString('en-US')} inodes free`
  if (freeInodes < FEW_INODES) return judge('store.disk.inodes', 'fail', detail)
  return judge('store.disk.inodes', freeInodes < MANY_INODES ? 'warn' : 'ok', detail)
}
