import Database from 'better-sqlite3'
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EmbeddedBackend } from '../../../support/embedded-backend.ts'
import { aResource } from '../../../support/store-samples.ts'
import { tempDir } from '../../../support/temp-dir.ts'

const [right, wrong] = [randomBytes(32), randomBytes(32)]

describe('the proof of the master key', () => {
  it('is written on first use, and holds from then on', async () => {
    const dir = tempDir()
    await use(dir, right, store => store.proveSeal())
    expect(credentials(dir)).toEqual(['key.proof'])
    await use(dir, right, store => store.proveSeal())
    expect(await use(dir, wrong, store => refusal(store.proveSeal()))).toMatchObject({ code: 'EC_SEAL_BROKEN' })
  })

  it('tries the secrets of a store from before, and writes nothing when none opens', async () => {
    const dir = tempDir()
    await use(dir, right, async store => void (await store.addResource(aResource({ secrets: ['hush'] }))))
    expect(await use(dir, wrong, store => refusal(store.proveSeal()))).toMatchObject({ code: 'EC_SEAL_BROKEN' })
    expect(credentials(dir)).toEqual([])
    await use(dir, right, store => store.proveSeal())
    expect(credentials(dir)).toEqual(['key.proof'])
  })

  it('tries its credentials too', async () => {
    const dir = tempDir()
    await use(dir, right, async store => void (await store.putCredential('signing', 'hush', null)))
    expect(await use(dir, wrong, store => refusal(store.proveSeal()))).toMatchObject({ code: 'EC_SEAL_BROKEN' })
    await use(dir, right, store => store.proveSeal())
  })

  it('goes with the key that somebody went on with, when that has sealed something in a store from before', async () => {
    const dir = tempDir()
    await use(dir, wrong, async store => void (await store.addResource(aResource({ id: 'old', secrets: ['hush'] }))))
    await use(dir, right, async store => void (await store.addResource(aResource({ id: 'new', secrets: ['hush'] }))))
    await use(dir, right, store => store.proveSeal())
    expect(await use(dir, wrong, store => refusal(store.proveSeal()))).toMatchObject({ code: 'EC_SEAL_BROKEN' })
  })

  it('keeps a backup that was sealed with another key from taking the place of the store', async () => {
    const [here, there] = [tempDir(), tempDir()]
    const file = join(there, 'copy.db')
    await use(there, wrong, async store => {
      await store.proveSeal()
      await store.backup(file)
    })
    await use(here, right, async store => {
      await store.proveSeal()
      await store.addResource(aResource({ id: 'res', secrets: ['hush'] }))
      const before = store.identity()
      expect(await refusal(store.restore(file))).toMatchObject({
        code: 'EC_SEAL_BROKEN',
        message: expect.stringContaining(file),
      })
      expect(store.identity()).toEqual(before)
      expect(await store.getSecrets('res')).toEqual(['hush'])
    })
    expect(readdirSync(here).filter(name => /incoming|replaced/.test(name))).toEqual([])
  })
})

type Store = EmbeddedBackend['store']

/** Opens the store there with a key, for one piece of work. */
async function use<T>(dir: string, masterKey: Uint8Array, work: (store: Store) => Promise<T>): Promise<T> {
  const { backend } = await EmbeddedBackend.open({ dir, masterKey })
  try {
    return await work(backend.store)
  } finally {
    await backend.close()
  }
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  )
}

function credentials(dir: string): readonly string[] {
  const file = readdirSync(dir).find(name => name.endsWith('.db')) ?? ''
  const db = new Database(join(dir, file), { readonly: true })
  const rows = db.prepare<[], { name: string }>('select name from credentials order by name').all()
  db.close()
  return rows.map(({ name }) => name)
}
