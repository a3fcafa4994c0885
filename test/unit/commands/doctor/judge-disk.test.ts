import { expect, it } from 'vitest'
import { judgeInodes, judgeNetwork } from '#ec/commands/doctor/judge-disk.js'

const disk = (over: object) => ({ type: 0xef53, free: 1, total: 1, inodes: 1_000_000, freeInodes: 500_000, ...over })

it.each([
  ['ext4', 0xef53, 'ok'],
  ['tmpfs', 0x01021994, 'ok'],
  ['btrfs', 0x9123683e, 'ok'],
  ['NFS', 0x6969, 'warn'],
  ['9p', 0x01021997, 'warn'],
  // A signed number on machines where `f_type` is one.
  ['CIFS', 0xff534d42 | 0, 'warn'],
  ['SMB', 0xfe534d42, 'warn'],
])('%s: %s', (name, type, status) => {
  const finding = judgeNetwork(disk({ type }), 'linux')
  expect(finding).toMatchObject({ code: 'data.network', status })
  if (status === 'warn') {
    expect(finding.detail).toContain(`it is on ${name}`)
    expect(finding.hint).toContain('--data-dir')
  }
})

it('says nothing of types where they are numbered otherwise', () => {
  expect(judgeNetwork(disk({ type: 0x6969 }), 'darwin')).toMatchObject({ code: 'data.network', status: 'skip' })
})

it.each([
  [0, 0, 'skip'],
  [1_000_000, 10_000, 'ok'],
  [1_000_000, 9_999, 'warn'],
  [1_000_000, 999, 'fail'],
])('of %d inodes %d free: %s', (inodes, freeInodes, status) => {
  expect(judgeInodes(disk({ inodes, freeInodes }))).toMatchObject({ code: 'store.disk.inodes', status })
})
