import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dyingDisk, whyNoDyingDisk } from '../durability/dying-disk.ts'
import { networkShare, whyNoNetworkShare } from '../durability/network-share.ts'
import { privateDisk, whyNoPrivateDisk } from '../durability/private-disk.ts'
import { whyNoTracing } from '../durability/strace.ts'
import { tell } from '../durability/tell.ts'
import { makeHome, makeUsedHome, type Home } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'

const noDisk = whyNoPrivateDisk()
const noDyingDisk = whyNoDyingDisk()
const noShare = whyNoNetworkShare()
const noTracing = whyNoTracing()
for (const reason of [noDisk, noDyingDisk, noShare, noTracing]) if (reason !== null) tell(`not tried: ${reason}`)

describe('the disk of the data folder', () => {
  it.skipIf(noDisk !== null)('fails on a read-only disk', async () => {
    const home = withFolder()
    const found = await diagnose(home, [], privateDisk(home.dataDir, 'ro'))
    expect(found.find('data.writable')).toMatchObject({
      status: 'fail',
      detail: `${home.dataDir}: the disk is read-only`,
      hint: expect.stringContaining('--data-dir'),
    })
  })

  it.skipIf(noDisk !== null)('fails on a disk with little room, and on one without inodes', async () => {
    const home = withFolder()
    const found = await diagnose(home, [], privateDisk(home.dataDir, 'size=32m,nr_inodes=500,mode=700'))
    expect(found.find('store.disk.space')).toMatchObject({
      status: 'fail',
      detail: '32 MiB free',
      hint: 'free some space on the disk of the data folder',
    })
    expect(found.find('store.disk.inodes')).toMatchObject({
      status: 'fail',
      detail: '499 inodes free',
      hint: 'remove small files on the disk of the data folder',
    })
  })

  it.skipIf(noDisk !== null)('warns where there is less than a GiB', async () => {
    const home = withFolder()
    const found = await diagnose(home, [], privateDisk(home.dataDir, 'size=500m,mode=700'))
    expect(found.find('store.disk.space')).toMatchObject({ status: 'warn', detail: '500 MiB free' })
  })

  it.skipIf(noDisk !== null)('fails on a full disk', async () => {
    const home = withFolder()
    const { wrapper } = privateDisk(home.dataDir, 'size=8m,mode=700')
    const filled = [...wrapper, 'sh', '-c', 'dd if=/dev/zero of="$0/filler" 2>/dev/null; exec "$@"', home.dataDir]
    expect((await diagnose(home, [], { wrapper: filled })).find('data.writable')).toMatchObject({
      status: 'fail',
      detail: `${home.dataDir}: the disk is full`,
      hint: 'free some space on the disk of the data folder',
    })
  })

  it.skipIf(noDyingDisk !== null)('fails on a disk that breaks', async () => {
    const home = withFolder()
    expect((await diagnose(home, [], dyingDisk(home.dataDir))).find('data.writable')).toMatchObject({
      status: 'fail',
      // The first write that fails gets an error; the kernel then makes the disk read-only.
      detail: expect.stringMatching(/: the disk (reports an error|is read-only)$/),
      hint: 'check its rights and the disk, or choose another with --data-dir',
    })
  })

  it.skipIf(noTracing !== null)('fails where the disk says that a file was not written', async () => {
    const home = withFolder()
    const wrapper = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'inject=fsync:error=EIO']
    expect((await diagnose(home, [], { wrapper })).find('data.writable')).toMatchObject({
      status: 'fail',
      detail: `${home.dataDir}: the disk reports an error`,
      hint: 'check its rights and the disk, or choose another with --data-dir',
    })
  })

  it.skipIf(noTracing !== null)('fails where the store cannot be read from it', async () => {
    const home = await makeUsedHome()
    const file = join(home.dataDir, 'ec.db')
    const wrapper = ['strace', '-f', '-qq', '-o', '/dev/null', '-P', file, '-e', 'inject=pread64:error=EIO:when=3+']
    expect((await diagnose(home, [], { wrapper })).find('store.file')).toMatchObject({
      status: 'fail',
      // SQLite takes a page that the disk does not give for a damaged one (SQLITE_IOERR_CORRUPTFS).
      detail: `${file} is damaged, or no store`,
      hint: 'move the file away, start the agent again, then `ec restore BACKUP`',
    })
  })

  it.skipIf(noShare !== null)('warns of a network file system', async () => {
    const home = withFolder()
    expect((await diagnose(home, [], networkShare(home.dataDir))).find('data.network')).toMatchObject({
      status: 'warn',
      detail: "it is on sshfs, where SQLite's locks cannot be relied on",
      hint: 'choose a folder on a local disk with --data-dir',
    })
  })

  it.skipIf(noShare !== null)('says that a network share hangs, and ends in time all the same', async () => {
    const home = withFolder()
    const found = await diagnose(home, ['--fix'], networkShare(home.dataDir, 'hangs'))
    expect(found.find('data.folder')).toMatchObject({
      status: 'fail',
      detail: `the disk of ${home.dataDir} does not answer`,
      hint: 'look at that disk or network share',
    })
    for (const code of ['data.writable', 'files.private', 'store.file', 'key.present', 'agent.reachable']) {
      expect(found.find(code).status).toBe('skip')
    }
    expect(found.find('port.http').status).toBe('ok')
  })
})

/** A home whose data folder is there, to mount something on. */
function withFolder(): Home {
  const home = makeHome()
  mkdirSync(home.dataDir, { recursive: true, mode: 0o700 })
  return home
}
