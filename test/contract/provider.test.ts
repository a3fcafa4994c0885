import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FAMILIES, loadProvider, PROVIDERS } from '#ec/providers/index.js'
import { fixtureFolders } from '../support/fixture-files.js'
import { testProvider } from './provider.js'
import { HMAC_OF_BODY, type ProofTraits } from './provider/proof-traits.js'

const FOLDER = join(import.meta.dirname, '..', '..', 'src', 'providers')

describe('the list of providers', () => {
  const ids = Object.keys(PROVIDERS)

  it('names every folder of src/providers beside the port and the families, and nothing else', () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true })
      .filter(entry => entry.isDirectory() && entry.name !== 'port')
      .map(entry => entry.name)
    expect([...ids, ...Object.keys(FAMILIES)].toSorted()).toEqual(folders.toSorted())
  })

  it('has fixtures for every provider that receives webhooks, and for no other', async () => {
    const providers = await Promise.all(ids.map(loadProvider))
    const receiving = providers.filter(provider => provider.receiver).map(provider => provider.id)
    expect(fixtureFolders()).toEqual(receiving.toSorted())
  })

  it('titles each as the provider does', async () => {
    for (const id of ids) expect(PROVIDERS[id]?.title).toBe((await loadProvider(id)).title)
  })

  it('loads nothing of a provider before it is asked for', () => {
    const source = readFileSync(join(FOLDER, 'index.ts'), 'utf8')
    const imports = [...source.matchAll(/^import (?!type).* from '(.*)'/gm)].map(([, path]) => path)
    expect(imports).not.toEqual([])
    for (const path of imports) expect(path).toMatch(/^\.\.\/core\//)
  })

  it.each(['githbu', 'constructor', '__proto__', ''])('knows no provider %j and says what there is', async id => {
    await expect(loadProvider(id)).rejects.toMatchObject({
      code: 'EC_PROVIDER_UNKNOWN',
      hint: expect.stringMatching(/github/),
    })
  })
})

/** Those that prove their requests in another way than by an HMAC of the body. */
const TRAITS: Readonly<Record<string, ProofTraits>> = {
  // A token that Google signs says who sends, not what.
  gmail: { coversBody: false, inHeader: true, exact: true, bearer: 'authorization' },
  // Google sends back the channel's token, and no body.
  'google-calendar': { coversBody: false, inHeader: true, exact: true, bearer: 'x-goog-channel-token' },
  // A clientState in each item of the body: nothing signs the bytes, and no header takes part.
  microsoft: { coversBody: false, inHeader: false, exact: false },
  // A list of signatures in base64, of which one has to fit: a second one behind a comma or a space does no harm.
  website: { coversBody: true, inHeader: true, exact: false },
}

for (const id of Object.keys(PROVIDERS)) {
  const provider = await loadProvider(id)
  describe(`provider ${id}`, () => testProvider(id, provider, TRAITS[id] ?? HMAC_OF_BODY))
}
