import { isObject } from '../shared/is-object.ts'
import type { NoticeAction } from './ports.ts'

/** A push message, read. What it does not say is null. */
export interface Push {
  /** The event's id; null for a message that is of no event of ours. */
  readonly id: string | null
  readonly seq: number | null
  readonly type: string | null
  readonly level: string | null
  readonly title: string | null
  readonly body: string | null
  readonly url: string | null
  readonly tag: string | null
  readonly lang: string | null
  readonly dir: 'auto' | 'ltr' | 'rtl'
  readonly icon: string | null
  readonly image: string | null
  readonly timestamp: number | null
  readonly silent: boolean
  readonly requireInteraction: boolean
  readonly actions: readonly NoticeAction[]
  readonly badge: number | null
  readonly question: string | null
  /** Of the question, all of them. */
  readonly options: readonly { readonly id: string; readonly label: string }[]
  /** Events whose notifications need not be there any more. */
  readonly close: readonly string[]
}

const MAX_TEXT = 4_096
const MAX_OPTIONS = 20
const DIRECTIONS = ['auto', 'ltr', 'rtl'] as const

/** A message as the agent sends it; null for anything else. Total. */
export function readPush(message: unknown): Push | null {
  if (!isObject(message) || !isObject(message['ec']) || textOf(message['ec']['id']) === null) return null
  return describe(message, message['ec'])
}

/** What can be made of a message that is none of ours: whoever sent it, a browser wants to see a notification. */
export function guessPush(message: unknown): Push {
  const body = isObject(message) ? message : {}
  return describe(isObject(body['notification']) ? body : { notification: body }, {})
}

/** A notification that the browser would show by itself, as it gives it to a worker first (declarative push). */
export function readProposal(proposal: unknown, badge: unknown): Push | null {
  if (typeof proposal !== 'object' || proposal === null) return null
  // A `Notification`: its fields are getters of its class.
  const field = (name: string): unknown => Reflect.get(proposal, name)
  const data = field('data')
  const id = isObject(data) ? data['id'] : undefined
  if (textOf(id) === null) return null
  const names = ['title', 'body', 'navigate', 'tag', 'lang', 'dir', 'icon', 'silent', 'timestamp']
  const notification = Object.fromEntries(names.map(name => [name, field(name)]))
  return describe({ notification, app_badge: badge }, { id })
}

function describe(message: Readonly<Record<string, unknown>>, ec: Readonly<Record<string, unknown>>): Push {
  const given = message['notification']
  const notification = isObject(given) ? given : {}
  const { title, body, navigate, tag, lang, dir, icon, image, timestamp, silent, requireInteraction } = notification
  return {
    id: textOf(ec['id']),
    seq: numberOf(ec['seq']),
    type: textOf(ec['type']),
    level: textOf(ec['level']),
    title: textOf(title),
    body: textOf(body),
    url: textOf(navigate) ?? textOf(notification['url']),
    tag: textOf(tag),
    lang: textOf(lang),
    dir: DIRECTIONS.find(known => known === dir) ?? 'auto',
    icon: textOf(icon),
    image: textOf(image),
    timestamp: numberOf(timestamp),
    silent: silent === true,
    requireInteraction: requireInteraction === true,
    actions: listOf(notification['actions']).flatMap(readAction),
    badge: countOf(message['app_badge']) ?? countOf(notification['app_badge']),
    question: textOf(ec['question']),
    options: listOf(ec['options']).flatMap(readOption),
    close: listOf(ec['close']).filter(id => typeof id === 'string'),
  }
}

function readAction(value: unknown): readonly NoticeAction[] {
  if (!isObject(value)) return []
  const [action, title] = [textOf(value['action']), textOf(value['title'])]
  return action === null || title === null ? [] : [{ action, title }]
}

function readOption(value: unknown): readonly { readonly id: string; readonly label: string }[] {
  if (typeof value === 'string') return [{ id: value, label: value }]
  if (!isObject(value)) return []
  const id = textOf(value['id'])
  return id === null ? [] : [{ id, label: textOf(value['label']) ?? id }]
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, MAX_TEXT) : null
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** Written as a number or as its digits. */
function countOf(value: unknown): number | null {
  const count = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : null
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, MAX_OPTIONS) : []
}
