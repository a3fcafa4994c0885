import { join } from 'node:path'
import { discardFile } from '../../core/discard-file.ts'
import { peekString } from '../../core/peek.ts'
import { readTextIfAny, writePrivateFile } from '../../core/private-file.ts'

/** Where a running sandbox says how it is reached: `sandbox.json` of the data folder. */
export function writeSandboxFile(dataDir: string, url: string): void {
  writePrivateFile(pathOf(dataDir), `${JSON.stringify({ url, pid: process.pid })}\n`)
}

/** Null when none has written one. It outlives a sandbox that was killed. */
export function readSandboxUrl(dataDir: string): string | null {
  const text = readTextIfAny(pathOf(dataDir))
  if (text === null) return null
  try {
    return peekString(JSON.parse(text), 'url') || null
  } catch {
    return null
  }
}

/** Only what this one has written: another may have taken its place. */
export function discardSandboxFile(dataDir: string, url: string): void {
  if (readSandboxUrl(dataDir) === url) discardFile(pathOf(dataDir))
}

function pathOf(dataDir: string): string {
  return join(dataDir, 'sandbox.json')
}
