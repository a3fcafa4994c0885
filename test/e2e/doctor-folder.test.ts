import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tell } from '../durability/tell.ts'
import { makeHome, makeUsedHome } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'
import { hashFiles } from '../support/hash-files.ts'

const isRoot = process.getuid?.() === 0
if (!isRoot) tell('no folder of another user is looked at: it takes root to give one away')

describe('the data folder', () => {
  it('says that it is a file', async () => {
    const home = makeHome()
    const path = join(home.dir, 'file')
    writeFileSync(path, '')
    const found = await diagnose(home, ['--data-dir', path])
    expect(found.find('data.folder')).toMatchObject({
      status: 'fail',
      detail: `${path} is a file`,
      hint: 'choose another with --data-dir',
    })
  })

  it('makes a missing one with --fix, and finds nothing the second time', async () => {
    const home = makeHome()
    const mended = await diagnose(home, ['--fix'])
    expect(mended.find('data.folder')).toMatchObject({
      status: 'ok',
      fix: { done: true, steps: [`${home.dataDir}: none -> made, mode 700`] },
    })
    expect(mended.stderr).toContain(`mended: ${home.dataDir}: none -> made, mode 700`)
    expect(statSync(home.dataDir).mode & 0o777).toBe(0o700)
    expect((await diagnose(home)).checks.filter(({ status }) => status === 'warn' || status === 'fail')).toEqual([])
  })

  it('says what it could not mend, and why', async () => {
    const missing = '/proc/nobody/data'
    const found = await diagnose(makeHome(), ['--fix', '--data-dir', missing])
    expect(found.find('data.folder')).toMatchObject({
      status: 'warn',
      fix: { done: false, steps: [`make ${missing}, mode 700`], error: expect.stringContaining('ENOENT') },
    })
    expect(found.stderr).toContain(`not mended: make ${missing}, mode 700: `)
  })

  it('closes the folder and the files with secrets, with --fix, and touches nothing that is in them', async () => {
    const home = await makeUsedHome()
    const open = ['ec.db', 'master.key'].map(name => join(home.dataDir, name))
    chmodSync(home.dataDir, 0o750)
    for (const path of open) chmodSync(path, 0o644)
    const before = hashFiles(home.dataDir)

    const found = await diagnose(home)
    expect(found.find('data.mode')).toMatchObject({ status: 'warn', hint: 'run `ec doctor --fix`' })
    const files = found.find('files.private')
    expect(files).toMatchObject({ status: 'fail', hint: 'run `ec doctor --fix`', fix: { done: false } })
    expect(files.detail).toContain(`${open[1]} is 644`)
    // What it looks like when the agent meets it: it does not start.
    expect(found.find('key.present')).toMatchObject({ status: 'fail', hint: `chmod 600 ${open[1]}` })

    const mended = await diagnose(home, ['--fix'])
    expect(mended.find('files.private')).toMatchObject({ status: 'ok', fix: { done: true } })
    expect(mended.stderr).toContain(`mended: ${open[1]}: 644 -> 600`)
    expect(mended.stderr).toContain(`mended: ${home.dataDir}: 750 -> 700`)
    for (const path of open) expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(hashFiles(home.dataDir)).toMatchObject(before)

    const clean = await diagnose(home, ['--fix'])
    expect(clean.ok).toBe(true)
    expect(clean.stderr).toBe('')
    expect(clean.checks.filter(({ fix }) => fix !== undefined)).toEqual([])
  })

  it('does not follow a link out of the folder', async () => {
    const home = await makeUsedHome()
    const outside = join(home.dir, 'outside')
    writeFileSync(outside, '', { mode: 0o644 })
    symlinkSync(outside, join(home.dataDir, 'link'))
    await diagnose(home, ['--fix'])
    expect(statSync(outside).mode & 0o777).toBe(0o644)
  })

  it('closes a configuration with a password in it, and the list of trusted files, with --fix', async () => {
    const home = makeHome()
    const config = join(home.configDir, 'ec.config.yaml')
    const trust = join(home.configDir, 'trust.json')
    const text = 'database_url: postgres://ana:secret@db.example.org/ec\n'
    writeFileSync(config, text)
    writeFileSync(trust, '{}')
    for (const path of [config, trust]) chmodSync(path, 0o644)
    expect((await diagnose(home)).find('files.private')).toMatchObject({
      status: 'warn',
      detail: `${config} is 644, ${trust} is 644`,
      hint: 'run `ec doctor --fix`',
    })
    const mended = await diagnose(home, ['--fix'])
    expect(mended.find('files.private')).toMatchObject({
      status: 'ok',
      fix: { done: true, steps: [`${config}: 644 -> 600`, `${trust}: 644 -> 600`] },
    })
    expect(readFileSync(config, 'utf8')).toBe(text)
  })

  it.skipIf(!isRoot)('opens the folder to its owner again with --fix, and leaves that of another alone', async () => {
    const home = makeHome()
    mkdirSync(home.dataDir, { recursive: true })
    for (const dir of [home.dir, join(home.dir, 'data'), join(home.dir, 'config')]) chmodSync(dir, 0o755)
    const wrapper = ['setpriv', '--reuid=12345', '--regid=12345', '--clear-groups', '--']
    chmodSync(home.dataDir, 0o755)
    const others = await diagnose(home, ['--fix'], { wrapper, cwd: '/' })
    expect(others.find('data.mode')).toMatchObject({
      status: 'warn',
      hint: `as its owner: chmod 700 ${home.dataDir}`,
    })
    expect(statSync(home.dataDir).mode & 0o777).toBe(0o755)

    chownSync(home.dataDir, 12_345, 12_345)
    chmodSync(home.dataDir, 0o400)
    const own = await diagnose(home, [], { wrapper, cwd: '/' })
    expect(own.find('data.mode')).toMatchObject({ status: 'fail', hint: 'run `ec doctor --fix`' })
    const mended = await diagnose(home, ['--fix'], { wrapper, cwd: '/' })
    expect(mended.find('data.mode')).toMatchObject({ status: 'ok', fix: { steps: [`${home.dataDir}: 400 -> 700`] } })
    expect(mended.find('data.writable').status).toBe('ok')
  })

  it('finds the key for --url readable by others', async () => {
    const home = makeHome()
    const key = join(home.dir, 'ec.secret')
    writeFileSync(key, 'a key', { mode: 0o640 })
    chmodSync(key, 0o640)
    const found = await diagnose(home, ['--token-file', key])
    expect(found.find('files.private')).toMatchObject({ status: 'warn', detail: `${key} is 640` })
    expect((await diagnose(home, ['--token-file', key, '--fix'])).find('files.private').status).toBe('ok')
    expect(readFileSync(key, 'utf8')).toBe('a key')
  })

  it.skipIf(!isRoot)('says whose it is, when it is not ours', async () => {
    const home = await makeUsedHome()
    chownSync(home.dataDir, 12_345, 12_345)
    expect((await diagnose(home)).find('data.owner')).toMatchObject({
      status: 'warn',
      detail: `${home.dataDir} belongs to user 12345, and this is user 0`,
      hint: expect.stringContaining('user 12345'),
    })
  })

  it.skipIf(!isRoot)('fails for a user who may not write there', async () => {
    const home = await makeUsedHome()
    // Another user has to get as far as the folder to be refused there.
    for (const dir of [home.dir, join(home.dir, 'data'), join(home.dir, 'config')]) chmodSync(dir, 0o755)
    const wrapper = ['setpriv', '--reuid=12345', '--regid=12345', '--clear-groups', '--']
    const found = await diagnose(home, [], { wrapper, cwd: '/' })
    expect(found.find('data.owner').status).toBe('fail')
    expect(found.find('data.writable')).toMatchObject({
      status: 'fail',
      hint: expect.stringContaining('--data-dir'),
    })
    // What this user may not see is not missing.
    expect(found.find('store.file')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('EACCES'),
    })
    expect(found.find('key.present').status).toBe('fail')
    expect(found.find('agent.leftovers').status).not.toBe('warn')
    expect(found.code).toBe(5)
  })
})
