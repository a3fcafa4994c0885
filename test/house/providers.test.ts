import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { FAMILIES, PROVIDERS, loadProvider } from '#ec/providers/index.js'

it('has a folder for every provider and family in the lists and a place in a list for every folder', () => {
  const folders = readdirSync('src/providers', { withFileTypes: true })
    .filter(entry => entry.isDirectory() && entry.name !== 'port')
    .map(entry => entry.name)
  expect(folders.toSorted()).toEqual([...Object.keys(PROVIDERS), ...Object.keys(FAMILIES)].toSorted())
})

it.each(Object.keys(PROVIDERS))('%s goes by one name and has fixtures', async id => {
  expect((await loadProvider(id)).id).toBe(id)
  expect(existsSync(`fixtures/${id}`)).toBe(true)
})

it.each(Object.keys(PROVIDERS))(
  '%s is told of in docs/webhooks.md, with its settings and what it answers',
  async id => {
    const { receiver } = await loadProvider(id)
    const row = readFileSync('docs/webhooks.md', 'utf8')
      .split('\n')
      .find(line => line.startsWith(`| \`${id}\``))
    const settings = [...Object.keys(receiver?.settings ?? {}), ...Object.keys(receiver?.secretSettings ?? {})]
    for (const name of settings) expect(row).toContain(`\`${name}\``)
    expect(row).toContain(` ${receiver?.statuses?.accepted ?? 202} `)
  },
)
