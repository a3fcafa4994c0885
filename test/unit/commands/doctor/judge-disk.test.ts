import { expect, it } from 'vitest'
import { judgeInodes, judgeNetwork } from '#ec/commands/doctor/judge-disk.js'

const disk = (over: object) => ({ free: 1, total: 1, inodes: 1_000_000, freeInodes: 500_000, ...over })

it.each([
  ['ext4', null],
  ['tmpfs', null],
  ['fuseblk', null],
  ['fuse.gocryptfs', null],
  ['nfs4', 'NFS'],
  ['9p', '9p'],
  ['cifs', 'SMB'],
  ['fuse.sshfs', 'sshfs'],
])('%s is no disk of this machine, but: %s', (type, name) => {
  const { status, detail, hint } = judgeNetwork(type)
  expect(status).toBe(name === null ? 'ok' : 'warn')
  expect(detail).toContain(name === null ? type : `it is on ${name}, `)
  expect(hint ?? null).toBe(name === null ? null : 'choose a folder on a local disk with --data-dir')
})

it.each([null, undefined])('says nothing where no table of mounts tells', type => {
  expect(judgeNetwork(type)).toMatchObject({ code: 'data.network', status: 'skip' })
})

it.each([
  [0, 0, 'skip'],
  [1_000_000, 10_000, 'ok'],
  [1_000_000, 9_999, 'warn'],
  [1_000_000, 999, 'fail'],
])('of %d inodes %d free: %s', (inodes, freeInodes, status) => {
  expect(judgeInodes(disk({ inodes, freeInodes }))).toMatchObject({ code: 'store.disk.inodes', status })
})
