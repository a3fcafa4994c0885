import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { prepareDataDir } from '#ec/core/data-dir.js'
import { tempDir } from '../../support/temp-dir.ts'

describe('the data folder', () => {
  it('is made with everything above it, for its owner alone', () => {
    const dir = join(tempDir(), 'a', 'b')
    prepareDataDir(dir)
    expect(statSync(dir).mode & 0o777).toBe(0o700)
  })

  it('loses the rights that others had', () => {
    const dir = join(tempDir(), 'open')
    mkdirSync(dir)
    chmodSync(dir, 0o755)
    prepareDataDir(dir)
    expect(statSync(dir).mode & 0o777).toBe(0o700)
  })

  it('is refused when a file is in its place', () => {
    const file = join(tempDir(), 'file')
    writeFileSync(file, '')
    expect(() => prepareDataDir(file)).toThrow(/the data folder .*file is a file/)
    expect(() => prepareDataDir(join(file, 'below'))).toThrow(/under something that is not a folder/)
  })

  // In a process of its own: what tries for ever would hold the tests too.
  it.skipIf(process.platform !== 'linux')('is refused where nothing can be made, and at once', () => {
    const program = `import('#ec/core/data-dir.js').then(({ prepareDataDir }) => prepareDataDir('/proc/ec/data'))`
    const done = spawnSync(process.execPath, ['-e', program], { timeout: 10_000, killSignal: 'SIGKILL' })
    expect(done.signal).toBeNull()
    expect(done.stderr.toString()).toContain('the data folder /proc/ec/data cannot be made or used')
  })

  it.skipIf(process.getuid?.() === 0)('is refused when it cannot be written', () => {
    const dir = tempDir()
    chmodSync(dir, 0o500)
    expect(() => prepareDataDir(join(dir, 'data'))).toThrow(/not writable/)
  })
})
