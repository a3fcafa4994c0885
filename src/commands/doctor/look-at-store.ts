import type { SealedSample } from '../../core/key-proof.ts'
import { askChild } from './ask-child.ts'

/** What was found of SQLite and the store before the time was over; undefined = not known. */
export interface StoreFacts {
  /** The version of better-sqlite3 that loads; undefined when none does. */
  readonly native?: string
  /** Null when there is no store yet. */
  readonly store?: {
    /** Of the file; and the newest that this ec knows. */
    readonly schema: number
    readonly newest: number
  } | null
  /** Why the store cannot be opened or read. */
  readonly refused?: { readonly code: string; readonly message: string; readonly hint: string }
  /** Sealed values of the store, by which a key can be tried. */
  readonly sealed?: readonly SealedSample[]
  /** `ok`, or the first thing that SQLite finds wrong. */
  readonly integrity?: string
  /** The probe ended by itself without being done. */
  readonly failure: string | null
  readonly late: boolean
}

/** Loads SQLite in a process of its own and lets it read the store there; `file` null = SQLite alone. */
export async function lookAtStore(file: string | null, signal: AbortSignal): Promise<StoreFacts> {
  const script = new URL('./probe-store.js', import.meta.url)
  const { facts, failure, late } = await askChild(script, file === null ? [] : [file], signal)
  return { ...facts, failure, late }
}
