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
    expect(() => prepareDataDir(file)).toThrow(/the data folder .*file/)
    expect(() => prepareDataDir(join(file, 'below'))).toThrow(/under something that is not a folder/)
  })

  it.skipIf(process.getuid?.() === 0)('is refused when it cannot be written', () => {
    const dir = tempDir()
    chmodSync(dir, 0o500)
    expect(() => prepareDataDir(join(dir, 'data'))).toThrow(/not writable/)
  })
})
