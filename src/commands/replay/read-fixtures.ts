import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isErrno } from '../../core/errno.ts'
import { EcError } from '../../core/errors.ts'
import { fixtureRequest, parseFixture, type Fixture } from '../../core/fixture.ts'
import type { ReplayItem } from './item.ts'

/**
 * The fixtures of a file, or of every `.json` file below a folder in the order of their paths. `EC_USAGE` for a path
 * that does not exist and for a file that is no fixture: nothing is sent before all of them are understood.
 */
export function readFixtures(cwd: string, path: string): readonly ReplayItem[] {
  const full = resolve(cwd, path)
  if (!read(path, () => statSync(full)).isDirectory()) return [readOne(full, path)]
  return read(path, () => readdirSync(full, { recursive: true, encoding: 'utf8' }))
    .filter(name => name.endsWith('.json') && !HIDDEN.test(name))
    .toSorted()
    .map(name => readOne(join(full, name), join(path, name)))
}

/** Folders of tools, which hold JSON of their own. */
const HIDDEN = /(^|[\\/])(\.|node_modules[\\/])/

function readOne(full: string, name: string): ReplayItem {
  const text = read(name, () => readFileSync(full, 'utf8'))
  const parsed = parseFixture(parseJson(text, name))
  if (parsed.ok) return toItem(name, parsed.fixture)
  const [first] = parsed.problems
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `
  throw new EcError('EC_USAGE', `${name} is no fixture: ${where}${first?.message ?? 'it is of another form'}`, {
    hint: 'docs/replay.md tells what a fixture holds',
    details: { file: name, errors: parsed.problems },
  })
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new EcError('EC_USAGE', `${name} is not JSON: ${reason}`, { hint: 'mend the file', cause })
  }
}

function toItem(name: string, fixture: Fixture): ReplayItem {
  const { provider, request, resource, secret = null, sign } = fixture
  return {
    name,
    source: 'fixture',
    provider,
    method: request.method,
    path: request.path,
    headers: request.headers,
    body: fixtureRequest(fixture, '').body,
    sign,
    secret,
    settings: resource.set,
    refused: false,
    resource: null,
    stored: null,
    expect: fixture.expect,
  }
}

function read<T>(name: string, from: () => T): T {
  try {
    return from()
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) {
      throw new EcError('EC_USAGE', `${name} does not exist`, {
        hint: 'name a fixture, a folder of them, or a notification as ntf_17',
      })
    }
    throw new EcError('EC_FILE', `${name} cannot be read`, { cause })
  }
}
