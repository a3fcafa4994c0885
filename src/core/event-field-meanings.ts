import type { EventInput } from './event-schema.ts'

/** What each field of an event is for, in the words of the reference and of the JSON Schema. */
export const EVENT_FIELD_MEANINGS = {
  id: 'yours, kept as it is, and makes the emit idempotent; made when it is left out',
  user_id: 'whose event it is; a number is the same user as its digits',
  type: 'a dotted name, as `job.done` or `task.created`',
  title: 'what happened, in a few words',
  body: 'more about it; may be empty',
  level: 'how loud it is; `info` when left out',
  channels: 'where it goes, whatever the rules say; `[]` = the history alone',
  channel_hint: 'where it goes, unless `channels` says',
  cta: 'a button with an http or https link',
  data: 'whatever your code needs, at most 16 KiB of JSON',
  created_at: 'when it happened (RFC 3339); now when left out',
  idempotency_key: 'the same key again answers the first result',
  collapse_key: 'a newer event of the same key takes the place of an older one on a device',
  thread: 'what belongs together, as the messages of one conversation',
  service: 'which service it comes from; `data.service` when left out',
  actor: 'who did it',
  icon: 'http or https link, or a path of this host',
  image: 'http or https link, or a path of this host',
  lang: 'language of title and body, as `en` or `pt-BR`',
  expires_at: 'after this instant it is not sent any more (RFC 3339)',
  deliver_at: 'not before this instant (RFC 3339)',
  source: 'what it was made of, as a notification',
  trace_id: 'yours, to find it again in other systems',
} as const satisfies Record<Field, string>

type Field = Exclude<keyof EventInput, `x-${string}`>
