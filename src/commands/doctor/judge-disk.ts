import { judge } from '../../core/check.ts'
import type { Finding } from './finding.ts'
import type { DiskFacts } from './look-at-folder.ts'

/** By the name that Linux mounts them under; what FUSE brings is named `fuse.` and its program. */
const NETWORK_TYPES: ReadonlyMap<string, string> = new Map([
  ['nfs', 'NFS'],
  ['nfs4', 'NFS'],
  ['cifs', 'SMB'],
  ['smb3', 'SMB'],
  ['smbfs', 'SMB'],
  ['9p', '9p'],
  ['afs', 'AFS'],
  ['ceph', 'Ceph'],
  ['lustre', 'Lustre'],
  ['vboxsf', 'a shared folder of VirtualBox'],
  ['fuse.ceph-fuse', 'Ceph'],
  ['fuse.glusterfs', 'GlusterFS'],
  ['fuse.grpcfuse', 'a shared folder of Docker Desktop'],
  ['fuse.rclone', 'rclone'],
  ['fuse.s3fs', 's3fs'],
  ['fuse.sshfs', 'sshfs'],
  ['fuse.vmhgfs-fuse', 'a shared folder of VMware'],
])

/** Pure. `type` as the table of mounts has it; null or undefined where no table tells. */
export function judgeNetwork(type: string | null | undefined): Finding {
  if (type === null || type === undefined) {
    return judge('data.network', 'skip', 'this system does not tell', 'see where the folder lies yourself')
  }
  const name = NETWORK_TYPES.get(type)
  if (name === undefined) return judge('data.network', 'ok', type)
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
