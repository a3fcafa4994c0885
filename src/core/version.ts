import { readFileSync } from 'node:fs'

/** The version of this package. */
export function readVersion(): string {
  return readManifest().version
}

/** The Nodes that this package is for, as package.json says: `>=20.19.0`. */
export function readNodeRange(): string {
  return readManifest().engines.node
}

function readManifest(): { readonly version: string; readonly engines: { readonly node: string } } {
  const manifest: ReturnType<typeof readManifest> = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return manifest
}
