import { EcError } from '../../core/errors.ts'
import { askChild } from './ask-child.ts'

/** What was found of the data folder before the time was over; undefined = not known. */
export interface FolderFacts {
  readonly folder?: {
    readonly isFolder: boolean
    readonly uid: number
    /** The nine bits of rights. */
    readonly mode: number
    /** Of the system, as `ENOENT`; null when it was found. */
    readonly error: string | null
  }
  /** The type of its file system, as `ext4`; null where no table of mounts tells. */
  readonly mount?: string | null
  /** Null when the file system does not tell. */
  readonly disk?: DiskFacts | null
  /** Regular files and sockets directly in it; links are passed over. */
  readonly files?: readonly { readonly path: string; readonly mode: number; readonly uid: number }[]
  /** Why a file could not be written and synced: the system's code; null when it could. */
  readonly write?: string | null
}

export interface DiskFacts {
  readonly free: number
  readonly total: number
  /** 0 where the file system counts none. */
  readonly inodes: number
  readonly freeInodes: number
}

/** `EC_DATA_DIR` when the probe fails or hangs before it has said whether there is a folder. */
export async function lookAtFolder(dir: string, signal: AbortSignal): Promise<FolderFacts> {
  const { facts, late, failure } = await askChild(new URL('./probe-folder.js', import.meta.url), [dir], signal)
  const found: FolderFacts = facts
  if (found.folder !== undefined) return found
  throw new EcError(
    'EC_DATA_DIR',
    late ? `the disk of ${dir} does not answer` : `${dir}: ${failure ?? 'nothing came'}`,
    {
      hint: late ? 'look at that disk or network share' : 'choose another with --data-dir',
    },
  )
}
