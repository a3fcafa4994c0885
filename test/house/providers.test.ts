import { existsSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PROVIDERS, loadProvider } from '#ec/providers/index.js'

it('has a folder for every provider in the list and a place in the list for every folder', () => {
  const folders = readdirSync('src/providers', { withFileTypes: true }).filter(entry => entry.isDirectory())
  expect(folders.map(entry => entry.name).toSorted()).toEqual(Object.keys(PROVIDERS).toSorted())
})

it.each(Object.keys(PROVIDERS))('%s goes by one name and has fixtures', async id => {
  expect((await loadProvider(id)).id).toBe(id)
  expect(existsSync(`fixtures/${id}`)).toBe(true)
})
