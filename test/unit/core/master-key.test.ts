import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EcError } from '#ec/core/errors.js'
import { decodeMasterKey, loadMasterKey } from '#ec/core/master-key.js'
import { tempDir } from '../../support/temp-dir.ts'

const BYTES = Buffer.from(Array.from({ length: 32 }, (_, i) => i + 100))

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof EcError) return thrown.code
  }
  return 'nothing thrown'
}

describe('the variable', () => {
  it.each([
    ['hex', BYTES.toString('hex'), BYTES],
    ['base64', BYTES.toString('base64'), BYTES],
    ['base64url', BYTES.toString('base64url'), BYTES],
    [
      'plain text',
      'a passphrase with spaces that is long enough',
      Buffer.from('a passphrase with spaces that is long enough'),
    ],
  ])('is read as %s', (_name, text, bytes) => expect(Buffer.from(decodeMasterKey(text)!)).toEqual(bytes))

  it('is refused when it is short, and not passed over for the file', () => {
    const file = join(tempDir(), 'master.key')
    expect(codeOf(() => loadMasterKey('too short', file))).toBe('EC_CONFIG_INVALID')
  })

  it('goes before the file, and makes none', () => {
    const dir = tempDir()
    loadMasterKey(BYTES.toString('hex'), join(dir, 'master.key'))
    expect(readdirSync(dir)).toEqual([])
  })
})

describe('the file', () => {
  it('is made once, for its owner alone, and read ever after', () => {
    const dir = tempDir()
    const file = join(dir, 'master.key')
    const key = loadMasterKey(undefined, file)
    expect(key).toHaveLength(32)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(Buffer.from(loadMasterKey(undefined, file))).toEqual(Buffer.from(key))
    expect(readdirSync(dir)).toEqual(['master.key'])
  })

  it('is refused when others can read it', () => {
    const file = join(tempDir(), 'master.key')
    loadMasterKey(undefined, file)
    chmodSync(file, 0o640)
    expect(codeOf(() => loadMasterKey(undefined, file))).toBe('EC_FILE')
  })

  it('is refused when it holds no key, and is never written over', () => {
    const file = join(tempDir(), 'master.key')
    writeFileSync(file, '', { mode: 0o600 })
    expect(codeOf(() => loadMasterKey(undefined, file))).toBe('EC_FILE')
    expect(statSync(file).size).toBe(0)
  })

  it('cannot be made in a folder that does not exist', () => {
    expect(codeOf(() => loadMasterKey(undefined, join(tempDir(), 'none', 'master.key')))).toBe('EC_FILE')
  })
})
