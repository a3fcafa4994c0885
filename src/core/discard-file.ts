import { rmSync } from 'node:fs'

/**
 * Removes a file that was not finished, if it can be. Never throws: a disk that takes no file gives none up either, and
 * why it took none is the error to tell.
 */
export function discardFile(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // It has a name that nothing reads.
  }
}
