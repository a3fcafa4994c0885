import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { readTextIfAny, writePrivateFile } from './private-file.ts'
import { EcError } from './errors.ts'

/** Files that a person has read and trusts, as long as they stay as they are. */
export interface TrustStore {
  has(path: string, hash: string): boolean
  /** Kept in the user's configuration folder, 0600. */
  add(path: string, hash: string): void
}

export function openTrustStore(configDir: string): TrustStore {
  const file = join(configDir, 'trust.json')
  return {
    has: (path, hash) => read(file).get(realPath(path)) === hash,
    add(path, hash) {
      const trusted = new Map(read(file)).set(realPath(path), hash)
      writePrivateFile(file, `${JSON.stringify({ files: Object.fromEntries(trusted) }, null, 2)}\n`)
    },
  }
}

function read(file: string): ReadonlyMap<string, unknown> {
  const text = readTextIfAny(file)
  if (text === null) return new Map()
  try {
    const { files }: { files?: object } = JSON.parse(text)
    return new Map(Object.entries(files ?? {}))
  } catch (cause) {
    throw new EcError('EC_FILE', `${file} is damaged`, { cause, hint: `remove it and trust your files again` })
  }
}

/** The same file under another name is the same file. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch (cause) {
    throw new EcError('EC_FILE', `${path} cannot be read`, { cause })
  }
}
