import { readFileSync } from 'node:fs'

/** The version of this package. */
export function readVersion(): string {
  return readManifest().version
}

function readManifest(): { readonly version: string } {
  const manifest: ReturnType<typeof readManifest> = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return manifest
}
