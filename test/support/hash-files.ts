import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Each file directly in a folder by the hash of what is in it. */
export function hashFiles(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder).filter(name => statSync(join(folder, name)).isFile())
  return Object.fromEntries(files.map(name => [name, hash(readFileSync(join(folder, name)))]))
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
