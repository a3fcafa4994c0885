import { z } from 'zod'
import { isTimeZone } from '../../core/time-zone.ts'
import { ROLES } from '../calendar/calendars.ts'

const name = z.string().min(1).max(1_024)
const email = z.string().regex(/^[^\s@]+@[^\s@]+$/)
const zone = name.refine(isTimeZone, 'no time zone')
const calendar = name.default('primary')
/** Whose it is or who does it; the first account unless told otherwise. */
const account = email.optional()
const event = z.record(z.string(), z.unknown())
const labels = z.array(name).max(20)

/** What can be done to the services from behind, as if somebody else had done it. */
export const actionSchema = z.discriminatedUnion('do', [
  /** Start, end and title are made up where they lack. */
  z.strictObject({ do: z.literal('event.create'), account, calendar, event: event.default({}) }),
  z.strictObject({ do: z.literal('event.patch'), account, calendar, id: name, event }),
  z.strictObject({ do: z.literal('event.delete'), account, calendar, id: name }),
  z.strictObject({ do: z.literal('event.move'), account, calendar, id: name, destination: name }),
  z.strictObject({
    do: z.literal('calendar.create'),
    account,
    summary: name,
    id: name.optional(),
    time_zone: zone.default('Europe/Madrid'),
    watchable: z.boolean().default(true),
  }),
  z.strictObject({ do: z.literal('calendar.delete'), account, calendar: name }),
  z.strictObject({ do: z.literal('calendar.share'), account, calendar, with: email, role: z.enum(ROLES).nullable() }),
  /** From now on every sync token of the calendar gets 410. */
  z.strictObject({ do: z.literal('calendar.expire-tokens'), account, calendar }),
  z.strictObject({ do: z.literal('list.expire-tokens'), account }),
  /** It lives on and says nothing. */
  z.strictObject({ do: z.literal('channel.mute'), channel: name }),
  z.strictObject({
    do: z.literal('mail.receive'),
    account,
    from: name.default('Ben Example <ben@example.com>'),
    subject: z.string().max(998).default('A few words'),
    text: z.string().max(100_000).default('Hello, this is a message of the sandbox.'),
    /** Of the message that it answers. */
    thread: name.optional(),
    labels: labels.default(['INBOX', 'UNREAD', 'CATEGORY_PERSONAL']),
  }),
  z.strictObject({
    do: z.literal('mail.label'),
    account,
    id: name,
    add: labels.default([]),
    remove: labels.default([]),
  }),
  z.strictObject({ do: z.literal('mail.delete'), account, id: name }),
  /** From now on every history id of before gets 404. */
  z.strictObject({ do: z.literal('mail.expire-history'), account }),
  /** The person takes the consent back: refreshing is `invalid_grant` from now on. */
  z.strictObject({ do: z.literal('grant.revoke'), account }),
  z.strictObject({ do: z.literal('keys.rotate') }),
  z.strictObject({
    do: z.literal('account.add'),
    email,
    time_zone: zone.optional(),
    history_id: z
      .union([z.string().regex(/^\d{1,40}$/), z.number().int().min(1)])
      .transform(String)
      .optional(),
  }),
])

export type Action = z.infer<typeof actionSchema>
