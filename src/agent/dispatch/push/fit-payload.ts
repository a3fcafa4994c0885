import { cleanLine, cleanText } from '../../../core/clean-text.ts'
import type { EcEvent } from '../../../core/event.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { topicOf } from './collapse-of.ts'
import { fitText } from './fit-text.ts'

/** Marks a declarative push message (W3C Push API): Safari shows it even when no worker runs. */
const DECLARATIVE = 8030

/** More than any message holds; what lies beyond is not looked at. */
const MAX_CHARACTERS = 4_096

/** What of an event a push message holds; what is left out is fetched when the page opens. */
interface Message {
  readonly web_push: typeof DECLARATIVE
  readonly notification: {
    readonly title: string
    readonly body?: string
    readonly navigate: string
    readonly tag: string
    readonly lang?: string
    readonly icon?: string
    readonly image?: string
    readonly timestamp: number
    readonly requireInteraction?: true
  }
  /** For our own worker. */
  readonly ec: {
    readonly id: string
    readonly type: string
    readonly level: string
    readonly service?: string
    readonly thread?: string
    readonly expires_at?: string
    readonly options?: Json
    readonly data?: JsonObject
    /** True: something was left out or cut. */
    readonly cut?: true
  }
}

/**
 * The message of an event, within `maxBytes` of UTF-8: what does not fit goes in the order data, options, pictures,
 * body, title, link. Text is cut between characters, as a person counts them, and ends in an ellipsis. `home` is where a
 * click leads when the event has no link. Null when not even the names of things fit.
 */
export function fitPayload(event: EcEvent, home: string, maxBytes: number): Buffer | null {
  const whole = describe(event, home)
  const { data: _data, ...withoutData } = whole.ec
  const { options: _options, ...bareEc } = withoutData
  const { icon: _icon, image: _image, ...bare } = whole.notification
  const cut = true as const
  const steps: readonly (() => Message)[] = [
    () => whole,
    () => ({ ...whole, ec: { ...withoutData, cut } }),
    () => ({ ...whole, ec: { ...bareEc, cut } }),
    () => ({ ...whole, notification: bare, ec: { ...bareEc, cut } }),
    () => shorten({ ...whole, notification: bare, ec: { ...bareEc, cut } }, 'body', maxBytes),
    () => shorten({ ...whole, notification: { ...bare, body: '' }, ec: { ...bareEc, cut } }, 'title', maxBytes),
    () =>
      shorten(
        { ...whole, notification: { ...bare, body: '', navigate: home }, ec: { ...bareEc, cut } },
        'title',
        maxBytes,
      ),
  ]
  for (const step of steps) {
    const bytes = Buffer.from(JSON.stringify(step()))
    if (bytes.byteLength <= maxBytes) return bytes
  }
  return null
}

function describe(event: EcEvent, home: string): Message {
  const { id, type, level, service, thread, expires_at, lang, icon, image } = event
  const { options, ...data } = event.data ?? {}
  return {
    web_push: DECLARATIVE,
    notification: {
      title: cleanLine(event.title, MAX_CHARACTERS),
      ...(event.body === '' ? {} : { body: cleanText(event.body, MAX_CHARACTERS) }),
      navigate: event.cta?.url ?? home,
      // As the topic: a newer message takes the place of a shown one, and the length is known.
      tag: topicOf(event),
      ...(lang === undefined ? {} : { lang }),
      ...(icon === undefined ? {} : { icon }),
      ...(image === undefined ? {} : { image }),
      timestamp: Date.parse(event.created_at),
      ...(type === 'action.required' ? { requireInteraction: true as const } : {}),
    },
    ec: {
      id,
      type,
      level,
      ...(service === undefined ? {} : { service }),
      ...(thread === undefined ? {} : { thread }),
      ...(expires_at === undefined ? {} : { expires_at }),
      ...(options === undefined ? {} : { options }),
      ...(Object.keys(data).length === 0 ? {} : { data }),
    },
  }
}

/** The message with one text cut to what the rest leaves of `maxBytes`; as it is when the rest leaves nothing. */
function shorten(message: Message, field: 'title' | 'body', maxBytes: number): Message {
  const text = message.notification[field] ?? ''
  const empty = { ...message, notification: { ...message.notification, [field]: '' } }
  const room = maxBytes - Buffer.byteLength(JSON.stringify(empty))
  return { ...empty, notification: { ...empty.notification, [field]: fitText(text, room) } }
}
