import type { AgentRecord } from '../shared/agent-record.ts'
import { isObject } from '../shared/is-object.ts'
import { allowedUrl } from './allowed-url.ts'
import type { NoticeAction, NoticeOptions, Ports } from './ports.ts'
import type { Push } from './read-push.ts'
import { wordsIn } from './words.ts'

/** A notification as it is to be shown. */
export interface Notice {
  readonly title: string
  readonly options: NoticeOptions
}

/** What a notification of ours carries; it comes back when it is clicked. */
export interface NoticeData {
  /** The event's; null for what is of none. */
  readonly id: string | null
  /** Where a click leads, as far as it is allowed then. */
  readonly url: string | null
  readonly question: string | null
  readonly options: readonly { readonly id: string; readonly label: string }[]
  readonly lang: string | null
}

export interface Surroundings {
  readonly record: AgentRecord | null
  /** The event was shown before: it comes again after a lost answer, or because nobody looked. */
  readonly repeated: boolean
  /** The browser shows it by itself, unless it gets another that says where it leads. */
  readonly proposed: boolean
}

const LOUD: ReadonlySet<string | null> = new Set(['warning', 'error', 'critical'])
/** Of a message that says nothing by which another could take its place. */
const TAG = 'ec'

/** Pure: the notification of a push. */
export function noticeOf(
  push: Push,
  around: Surroundings,
  ports: Pick<Ports, 'origin' | 'language' | 'maxActions'>,
): Notice {
  const { record, repeated, proposed } = around
  const words = wordsIn(push.lang, record?.lang, ports.language)
  const unreadable = push.title === null && push.body === null
  const body = unreadable ? words.newsBody : push.body
  const actions = actionsOf(push, ports.maxActions, words.open)
  const renotify = !repeated && (LOUD.has(push.level) || push.type === 'message.new')
  const data: NoticeData = {
    id: push.id,
    url: push.url,
    question: push.question,
    options: push.options,
    lang: push.lang,
  }
  return {
    title: push.title ?? words.news,
    options: {
      ...(body === null ? {} : { body }),
      tag: push.tag ?? push.id ?? TAG,
      dir: push.dir,
      ...(push.lang === null ? {} : { lang: push.lang }),
      ...picturesOf(push, record),
      ...(push.timestamp === null ? {} : { timestamp: push.timestamp }),
      ...(push.requireInteraction ? { requireInteraction: true } : {}),
      ...(actions.length === 0 ? {} : { actions }),
      ...(push.silent || repeated ? { silent: true } : {}),
      renotify: renotify && !push.silent,
      ...(proposed ? { navigate: allowedUrl(push.url, ports.origin, record) } : {}),
      data: { id: push.id, ec: data },
    },
  }
}

/** The data of a notification of ours; null for one of somebody else's. */
export function readNoticeData(value: unknown): NoticeData | null {
  if (!isObject(value) || !isObject(value['ec'])) return null
  const { id, url, question, options, lang } = value['ec']
  return {
    id: textOf(id),
    url: textOf(url),
    question: textOf(question),
    lang: textOf(lang),
    options: Array.isArray(options)
      ? options.filter(isObject).flatMap(option => {
          const [one, label] = [textOf(option['id']), textOf(option['label'])]
          return one === null ? [] : [{ id: one, label: label ?? one }]
        })
      : [],
  }
}

function picturesOf({ icon, image }: Push, record: AgentRecord | null): NoticeOptions {
  const ours = record === null ? null : `${record.base}/icons`
  const shown = icon ?? (ours === null ? null : `${ours}/icon-192.png`)
  return {
    ...(shown === null ? {} : { icon: shown }),
    ...(ours === null ? {} : { badge: `${ours}/badge-96.png` }),
    ...(image === null ? {} : { image }),
  }
}

/** Of a question with more options than buttons, the last room there is leads to all of them. */
function actionsOf(push: Push, max: number, open: string): readonly NoticeAction[] {
  const given = push.actions.slice(0, max)
  const hidden = push.options.length > given.length
  return push.question !== null && given.length > 0 && hidden && given.length < max
    ? [...given, { action: 'open', title: open }]
    : given
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
