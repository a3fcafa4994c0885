import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, it } from 'vitest'

/** Where package.json says that Node begins. */
const FLOOR = '20.19.0'

interface Manifest {
  readonly engines?: { readonly node?: string }
}

const require = createRequire(import.meta.url)
const satisfies: (version: string, range: string) => boolean = require('semver/functions/satisfies')
const ROOT = join(import.meta.dirname, '..', '..')
const lock: { packages: Record<string, Manifest> } = read('package-lock.json')
const manifest: Manifest = read('package.json')

it('takes every version that is locked from those that run on the oldest Node', () => {
  // A lockfile made on a newer Node takes the newer halves of the ranges; better-sqlite3 13 then crashes Node 20.
  const wrong = Object.entries(lock.packages)
    .filter(([, { engines }]) => engines?.node !== undefined && !satisfies(FLOOR, engines.node))
    .map(([path, { engines }]) => `${path} needs Node ${engines?.node}: make the lockfile on Node 20`)
  expect(wrong).toEqual([])
})

it('measures against the floor that the package states', () => {
  expect(manifest.engines?.node).toBe(`>=${FLOOR}`)
})

function read<Content>(name: string): Content {
  const content: Content = JSON.parse(readFileSync(join(ROOT, name), 'utf8'))
  return content
}
