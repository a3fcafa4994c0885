import Database from 'better-sqlite3'
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeHome, runCli, startAgentProcess, type CliResult, type Home } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'

const PAGE_BYTES = 16_384

describe('a store that is damaged under a running agent', () => {
  it('is told by the agent too, and is whole again after what the doctor advises', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const backup = join(home.dir, 'backup.db')
    await emit(home, 'before the backup')
    expect(await runCli(home, ['backup', backup])).toMatchObject({ code: 0 })
    damage(join(home.dataDir, 'ec.db'))
    // The first write meets the damage, the second the check that follows.
    expect((await emit(home, 'into the damage')).code).not.toBe(0)
    expect(await emit(home, 'refused')).toMatchObject({ code: 1, stderr: expect.stringContaining('EC_STORE_CORRUPT') })
    // What reads the store says the same, and nobody is asked to report it.
    expect((await runCli(home, ['events', 'list', '--user', 'ana'])).stderr).toMatch(
      /^ec: the store is damaged \(SQLITE_\w+\) \(EC_STORE_CORRUPT\)\nnext: restore a backup with `ec restore FILE`\n$/,
    )
    expect(await runCli(home, ['status'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/resources +unknown/),
    })

    const found = await diagnose(home)
    const hint = 'restore a backup with `ec restore FILE`'
    expect(found.find('agent.reachable').status).toBe('ok')
    expect(found.find('store.integrity')).toMatchObject({ status: 'fail', detail: 'its check failed', hint })
    expect(found.find('store.writer')).toMatchObject({ status: 'fail', hint })
    expect(found.find('store.file')).toMatchObject({ status: 'fail', hint })
    expect(found.find('resources.secret')).toMatchObject({ status: 'skip', hint })

    const restored = await runCli(home, ['restore', backup, '--yes'])
    expect(restored).toMatchObject({ code: 0, stderr: expect.stringContaining('is kept at') })
    expect((await diagnose(home)).checks.filter(({ status }) => status === 'fail' || status === 'warn')).toEqual([])
    expect(await emit(home, 'after the restore')).toMatchObject({ code: 0 })
    const { stdout } = await runCli(home, ['events', 'list', '--user', 'ana'])
    expect(stdout).toContain('before the backup')
    expect(stdout).toContain('after the restore')
  })

  it('is moved away when no agent starts on it, as the doctor advises', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const backup = join(home.dir, 'backup.db')
    await emit(home, 'before the backup')
    await runCli(home, ['backup', backup])
    const file = join(home.dataDir, 'ec.db')
    damage(file)
    await agent.stop('SIGKILL')
    expect((await diagnose(home)).find('store.file')).toMatchObject({
      status: 'fail',
      hint: 'move the file away, start the agent again, then `ec restore BACKUP`',
    })
    await expect(startAgentProcess(home)).rejects.toThrow('EC_STORE_CORRUPT')
    renameSync(file, join(home.dir, 'damaged.db'))
    await startAgentProcess(home)
    expect(await runCli(home, ['restore', backup, '--yes'])).toMatchObject({ code: 0 })
    expect((await runCli(home, ['events', 'list', '--user', 'ana'])).stdout).toContain('before the backup')
  })
})

function emit(home: Home, title: string): Promise<CliResult> {
  return runCli(home, ['emit', '--user', 'ana', '--type', 'job.done', '--title', title])
}

/** Makes every page but the first into something else, with nothing in the log that would hide it. */
function damage(file: string): void {
  const db = new Database(file)
  // A commit of somebody else makes the agent read its pages anew.
  db.prepare(`update meta set value = value`).run()
  db.pragma('wal_checkpoint(truncate)')
  db.close()
  const fd = openSync(file, 'r+')
  const { size } = fstatSync(fd)
  for (let at = PAGE_BYTES; at < size; at += PAGE_BYTES)
    writeSync(fd, Buffer.alloc(PAGE_BYTES, 0xa5), 0, PAGE_BYTES, at)
  closeSync(fd)
}
