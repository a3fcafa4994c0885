import type { NotificationRecord } from '../../core/notification.ts'
import type { Reader } from '../provider.ts'
import { describeMail } from './describe-mail.ts'
import { readMessage } from './message.ts'
import { readPage } from './read-page.ts'

/** Reads what comes into the inbox. */
export const reader: Reader = {
  version: 'inbox-1',
  // Only the newest: a list of all the mail that somebody ever had says nothing of what came.
  whole: false,
  readPage: (ctx, _resource, from) => readPage(ctx, from),
  describe: describeMail,
  covers,
}

/** A push may be late, or come again after the read that it asks for. */
function covers({ body, headers }: NotificationRecord, cursor: string): boolean {
  const read = body === null ? null : readMessage(body, headers)
  return read?.ok === true && BigInt(read.message.historyId) <= BigInt(cursor)
}
