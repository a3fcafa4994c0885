import { createHmac } from 'node:crypto'
import type { Random } from './random.ts'

/** One thing whose fate is followed: a webhook notification, or an event that was emitted. */
export interface Item {
  /** Stands in what is stored, once and nowhere else: a webhook's delivery GUID, else `data.mark` of the event. */
  readonly mark: string
  readonly user: string
  readonly source: 'webhook' | 'emit'
  /** The caller's own id, which the event must keep. */
  readonly id: string | null
}

/** One request and what it carries; sent again byte for byte when no answer came, if it may be. */
export interface Parcel {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly items: readonly Item[]
  /** It names itself, so that sending it again must have no effect of its own. */
  readonly repeatable: boolean
  /** An array: the answer lists a result for each item. */
  readonly batch: boolean
}

/** A resource at which webhooks come in. */
export interface Target {
  readonly path: string
  readonly user: string
  readonly secret: string
}

const TYPES = ['task.created', 'job.done', 'message.new', 'deploy.finished', 'system.alert'] as const

/** A push as GitHub sends it, about 1 KB, signed. */
export function makeWebhook(target: Target, random: Random): Parcel {
  const mark = random.guid()
  const commits = Array.from({ length: random.between(1, 3) }, (_, i) => ({
    id: mark.replaceAll('-', '').padEnd(40, String(i)),
    message: `Change ${i} of ${mark}\n\n${'It is told at some length. '.repeat(random.between(1, 8))}`,
    author: { name: 'Ana', username: 'ana' },
  }))
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    before: '0'.repeat(40),
    after: commits[0]?.id,
    repository: { full_name: 'example/garden', html_url: 'https://example.com/example/garden' },
    pusher: { name: 'ana' },
    sender: { login: 'ana' },
    commits,
  })
  const signature = createHmac('sha256', target.secret).update(body).digest('hex')
  return {
    path: target.path,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': mark,
      'x-hub-signature-256': `sha256=${signature}`,
    },
    body,
    items: [{ mark, user: target.user, source: 'webhook', id: null }],
    repeatable: true,
    batch: false,
  }
}

/** How an emitted event says that it is the same again: not at all, by its id, by the field, or by the header. */
type Naming = 'none' | 'id' | 'field' | 'header'

/** One event, or now and then an array of them, named in one of the ways there are. */
export function makeEmit(users: readonly [string, ...string[]], bearer: string, random: Random): Parcel {
  const naming = random.pick<Naming>(['none', 'id', 'field', 'header'])
  const batch = random.oneIn(8)
  const made = Array.from({ length: batch ? random.between(2, 20) : 1 }, () => makeEvent(users, naming, random))
  const content = made.map(one => one.content)
  return {
    path: '/api/events',
    headers: {
      authorization: `Bearer ${bearer}`,
      'content-type': 'application/json',
      ...(naming === 'header' ? { 'idempotency-key': random.guid() } : {}),
    },
    body: JSON.stringify(batch ? content : content[0]),
    items: made.map(one => one.item),
    repeatable: naming !== 'none',
    batch,
  }
}

function makeEvent(users: readonly [string, ...string[]], naming: Naming, random: Random) {
  const mark = random.guid()
  const user = random.pick(users)
  const id = naming === 'id' ? `own-${mark}` : null
  const item: Item = { mark, user, source: 'emit', id }
  const content = {
    user_id: user,
    type: random.pick(TYPES),
    title: `Event ${mark}`,
    body: 'words '.repeat(random.between(1, 60)),
    data: { mark },
    ...(id === null ? {} : { id }),
    ...(naming === 'field' ? { idempotency_key: `key-${mark}` } : {}),
  }
  return { item, content }
}
