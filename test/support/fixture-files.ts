import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseFixture, type Fixture } from '#ec/core/fixture.js'

const ROOT = join(import.meta.dirname, '..', '..', 'fixtures')

export interface FixtureFile {
  /** The file's name without `.json`. */
  readonly name: string
  readonly fixture: Fixture
}

/** The names of the folders under `fixtures/`. */
export function fixtureFolders(): readonly string[] {
  return readdirSync(ROOT).sort()
}

/** Every fixture of a provider; throws when a file is not one. */
export function readFixtures(provider: string): readonly FixtureFile[] {
  return readdirSync(join(ROOT, provider))
    .sort()
    .map(file => ({ name: file.replace(/\.json$/, ''), fixture: readFixture(join(ROOT, provider, file)) }))
}

function readFixture(path: string): Fixture {
  const parsed = parseFixture(JSON.parse(readFileSync(path, 'utf8')))
  if (!parsed.ok) throw new Error(`${path}: ${JSON.stringify(parsed.problems)}`)
  return parsed.fixture
}
