import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as fc from 'fast-check'
import { createEncryptor, type Encryptor, type EncryptorOptions } from '#ec/agent/dispatch/push/encryptor.js'
import { packParts, unpackParts } from '#ec/agent/dispatch/push/pack-parts.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createPushBrowser } from '../../../../support/push-browser.js'
import { tempDir } from '../../../../support/temp-dir.js'
import { createTestLog } from '../../../../support/test-log.js'

const browsers = Array.from({ length: 20 }, () => createPushBrowser())

function open(options: Partial<EncryptorOptions> = {}): Encryptor & { readonly log: ReturnType<typeof createTestLog> } {
  const log = createTestLog()
  const encryptor = createEncryptor({ log, cores: 2, ...options })
  onTestFinished(() => encryptor.close())
  return { ...encryptor, log }
}

/** What each browser reads of a message of its own, all encrypted in one turn. */
async function exchange(encryptor: Encryptor, count: number): Promise<readonly string[]> {
  const some = browsers.slice(0, count)
  const bodies = await Promise.all(some.map((browser, i) => encryptor.encrypt(Buffer.from(`message ${i}`), browser)))
  return some.map((browser, i) => browser.decrypt(bodies[i]!).toString())
}

const expected = (count: number) => Array.from({ length: count }, (_, i) => `message ${i}`)

describe('the encryptor', () => {
  it.each([1, 7, 8, 20])('encrypts %i at once, each for its own browser', async count => {
    const encryptor = open()
    expect(await exchange(encryptor, count)).toEqual(expected(count))
    expect(await exchange(encryptor, count)).toEqual(expected(count))
  })

  it('works where there is a single core, and after it was closed', async () => {
    expect(await exchange(open({ cores: 1 }), 20)).toEqual(expected(20))
    const encryptor = open()
    const begun = exchange(encryptor, 20)
    encryptor.close()
    expect(await begun).toEqual(expected(20))
    expect(await exchange(encryptor, 20)).toEqual(expected(20))
  })

  it('refuses what cannot be encrypted, and nothing beside it', async () => {
    const encryptor = open()
    const bodies = await Promise.allSettled(
      browsers.map((browser, i) =>
        encryptor.encrypt(
          i === 5 ? randomBytes(4_000) : Buffer.from('x'),
          i === 9 ? { ...browser, p256dh: 'AAAA' } : browser,
        ),
      ),
    )
    expect(bodies.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))).toEqual([5, 9])
  })

  it('does here what a thread that ends had in hand, and everything after it', async () => {
    const file = join(tempDir(), 'thread.mjs')
    writeFileSync(
      file,
      "import { parentPort } from 'node:worker_threads'\nparentPort.on('message', () => process.exit(3))\n",
    )
    const encryptor = open({ thread: pathToFileURL(file) })
    expect(await exchange(encryptor, 20)).toEqual(expected(20))
    expect(await exchange(encryptor, 20)).toEqual(expected(20))
  })

  it('tells the log of a thread that fails', async () => {
    const encryptor = open({ thread: pathToFileURL(join(tempDir(), 'missing.mjs')) })
    expect(await exchange(encryptor, 20)).toEqual(expected(20))
    expect(encryptor.log.lines.map(({ level, message }) => [level, message])).toEqual([
      ['error', 'the thread for push encryption failed'],
    ])
  })
})

describe('parts of a buffer', () => {
  it('come back as they were packed', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), parts => {
        expect(unpackParts(packParts(parts)).map(part => [...part])).toEqual(parts.map(part => [...part]))
      }),
    )
  })
})
