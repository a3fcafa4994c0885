import { expect, it } from 'vitest'
import { findMountType } from '#ec/commands/doctor/find-mount.js'

const TABLE = `21 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 21 0:50 / /mnt rw,relatime shared:1 master:2 - nfs4 server:/export rw
41 40 0:51 / /mnt/a\\040b rw - fuse.sshfs ana@server:/home rw
42 21 0:52 / /mnt rw - tmpfs none rw
`

it.each([
  ['/', 'ext4'],
  ['/home/ana', 'ext4'],
  ['/mntx', 'ext4'],
  ['/mnt', 'tmpfs'],
  ['/mnt/data', 'tmpfs'],
  ['/mnt/a b', 'fuse.sshfs'],
  ['/mnt/a b/c', 'fuse.sshfs'],
])('%s lies on %s', (path, type) => {
  expect(findMountType(TABLE, path)).toBe(type)
})

it.each(['', 'no table\n', '1 2 3\n'])('tells nothing by a table that is none: %j', table => {
  expect(findMountType(table, '/data')).toBeNull()
})
