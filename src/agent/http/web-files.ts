import { existsSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { etagOf } from './etag.ts'

/** A file that browsers load, ready to be sent. */
export interface WebFile {
  readonly type: string
  readonly bytes: Buffer
  readonly gzipped: Buffer
  /** With its quotes. */
  readonly etag: string
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  webmanifest: 'application/manifest+json; charset=utf-8',
}

/** Its content-type, by its name. */
export function typeOfWebFile(name: string): string {
  return TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
}

const FOLDER = new URL('../../web/', import.meta.url)
const compress = promisify(gzip)
const files = new Map<string, Promise<WebFile>>()

/** Whether there is such a file, of a name that is shaped as ours are. */
export function hasWebFile(name: string): boolean {
  return files.has(name) || existsSync(new URL(name, FOLDER))
}

/** Reads a file of what was built for browsers; once, when it is first asked for. `name` comes from our own tables. */
export function readWebFile(name: string): Promise<WebFile> {
  const known = files.get(name)
  if (known !== undefined) return known
  const file = load(name)
  // What could not be read, as when there are no file handles left, is tried again.
  file.catch(() => files.delete(name))
  files.set(name, file)
  return file
}

async function load(name: string): Promise<WebFile> {
  const bytes = readFileSync(new URL(name, FOLDER))
  return {
    type: typeOfWebFile(name),
    bytes,
    gzipped: await compress(bytes, { level: 9 }),
    etag: etagOf(bytes),
  }
}
