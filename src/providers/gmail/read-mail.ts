import { z } from 'zod'
import { EcError } from '../../core/errors.ts'
import type { Item } from '../../core/item.ts'
import type { AccountContext } from '../provider.ts'
import { askGmail } from './ask-gmail.ts'

/** All that an event tells of, and what tells mail of machines from that of people. */
const HEADERS = ['From', 'To', 'Cc', 'Subject', 'Date', 'Message-ID', 'List-Id', 'Auto-Submitted'] as const

const headerSchema = z.object({ name: z.string(), value: z.string() })

export const mailSchema = z.object({
  id: z.string().min(1),
  threadId: z.string().default(''),
  labelIds: z.array(z.string()).default([]),
  snippet: z.string().default(''),
  historyId: z.string().regex(/^\d{1,40}$/),
  internalDate: z.string().regex(/^\d{1,15}$/),
  payload: z.object({ headers: z.array(headerSchema).default([]) }).default({ headers: [] }),
})

export interface WantedMail {
  readonly id: string
  /** Whether it came just now, and not from another folder, so that its date says when it changed. */
  readonly isNew: boolean
}

/** What a person sees of a mail in a list; null when it is gone, as one that was deleted meanwhile. */
export async function readMail(ctx: AccountContext, { id, isNew }: WantedMail): Promise<Item | null> {
  const path = `/messages/${encodeURIComponent(id)}`
  const query = { format: 'metadata', metadataHeaders: HEADERS }
  try {
    return toItem(await askGmail(ctx, { operation: 'messages.get', method: 'GET', path, query }, mailSchema), isNew)
  } catch (thrown) {
    if (thrown instanceof EcError && thrown.details['google_status'] === 404) return null
    throw thrown
  }
}

function toItem(mail: z.infer<typeof mailSchema>, isNew: boolean): Item {
  const receivedAt = Number(mail.internalDate)
  return {
    id: mail.id,
    version: mail.historyId,
    updatedAt: isNew ? receivedAt : null,
    startsAt: receivedAt,
    endsAt: receivedAt,
    series: null,
    json: mail,
  }
}
