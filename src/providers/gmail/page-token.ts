import { z } from 'zod'
import { EcError } from '../../core/errors.ts'

/** Where a read goes on: mails that a list has named and nobody has fetched yet, then the next page of the list. */
export interface PageToken {
  /** What the next read of changes begins at, as far as this one has come. */
  readonly head: string
  /** Ids; true = it came just now. */
  readonly todo: readonly (readonly [string, boolean])[]
  /** Of Gmail's own list; null = that was its last page. */
  readonly list: string | null
  /** How many mails have been listed so far. */
  readonly listed: number
}

const schema = z.strictObject({
  head: z.string().regex(/^\d{1,40}$/),
  todo: z.array(z.tuple([z.string(), z.boolean()])),
  list: z.string().nullable(),
  listed: z.number().int().min(0),
})

export function writePageToken({ head, todo, list, listed }: PageToken): string {
  return JSON.stringify({ head, todo, list, listed })
}

/** `EC_CURSOR_EXPIRED` for one that another version wrote: then everything is read anew. */
export function readPageToken(text: string): PageToken {
  const read = schema.safeParse(parse(text))
  if (read.success) return read.data
  throw new EcError('EC_CURSOR_EXPIRED', 'the place at which the mailbox was to be read on is not understood')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
