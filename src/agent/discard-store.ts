import { discardFile } from '../core/discard-file.ts'

/** Removes a store that nobody has open, with what SQLite keeps beside it. */
export function discardStore(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) discardFile(`${file}${suffix}`)
}
