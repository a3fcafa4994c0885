import Database from 'better-sqlite3'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeHome, makeUsedHome } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'
import { hashFiles } from '../support/hash-files.ts'

describe('the store', () => {
  it('finds a damaged page, leaves the file as it is, and says the way back', async () => {
    const home = await makeUsedHome()
    const file = join(home.dataDir, 'ec.db')
    fold(file)
    damage(file)
    const before = hashFiles(home.dataDir)['ec.db']
    const found = await diagnose(home)
    expect(found.find('store.file')).toMatchObject({ status: 'fail', hint: expect.stringContaining('`ec restore') })
    expect(hashFiles(home.dataDir)['ec.db']).toBe(before)
  })

  it('says that a file is no store at all', async () => {
    const home = makeHome()
    mkdirSync(home.dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(join(home.dataDir, 'ec.db'), 'no database at all, '.repeat(500), { mode: 0o600 })
    expect((await diagnose(home)).find('store.file')).toMatchObject({
      status: 'fail',
      hint: 'move the file away, start the agent again, then `ec restore BACKUP`',
    })
  })

  it('says that a newer ec has written the store', async () => {
    const home = await makeUsedHome()
    const file = join(home.dataDir, 'ec.db')
    const db = new Database(file)
    db.pragma('user_version = 9999')
    db.close()
    expect((await diagnose(home)).find('store.schema')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('the store has schema 9999'),
      hint: expect.stringContaining('install the newer version'),
    })
  })
})

/** Brings the log into the file. */
function fold(file: string): void {
  const db = new Database(file)
  db.pragma('wal_checkpoint(truncate)')
  db.close()
}

/** Makes the pages behind the first into something else. */
function damage(file: string): void {
  const bytes = readFileSync(file)
  bytes.fill(0xa5, 16_384)
  writeFileSync(file, bytes)
}
