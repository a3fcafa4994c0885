import { cleanLine, cleanText } from '../../../core/clean-text.ts'
import type { EcEvent } from '../../../core/event.ts'
import type { Json, JsonObject } from '../../../core/json.ts'
import { readQuestion, type QuestionOption } from '../../../core/question.ts'
import { topicOf } from './collapse-of.ts'
import { fitText } from './fit-text.ts'

/** Marks a declarative push message (W3C Push API): Safari shows it even when no worker runs. */
const DECLARATIVE = 8030

const MAX_BUTTONS = 2
const MAX_BUTTON = 40

/** More than any message holds; what lies beyond is not looked at. */
const MAX_CHARACTERS = 4_096

/** How things stand with the person, whichever device a message goes to. */
export interface Standing {
  /** The number of the event in the person's stream; null for what stands in no stream. */
  readonly seq: number | null
  /** How many events are unread, for the badge of the app. */
  readonly unread: number
  /** Events whose notifications need not be there any more: read, answered, put away or withdrawn elsewhere. */
  readonly close: readonly string[]
}

/** What of an event a push message holds; what is left out is fetched when the page opens. */
interface Message {
  readonly web_push?: typeof DECLARATIVE
  /** Here for the draft of the W3C, in `notification` for Safari: a worker, where there is one, hears of it first. */
  readonly mutable?: true
  readonly notification: {
    readonly title: string
    readonly body?: string
    readonly navigate: string
    readonly mutable?: true
    readonly tag: string
    readonly lang?: string
    readonly icon?: string
    readonly image?: string
    readonly timestamp: number
    readonly requireInteraction?: true
    /** Buttons; `answer:OPTION` answers a question. */
    readonly actions?: readonly { readonly action: string; readonly title: string }[]
    /** Where Safari reads it; as a number beside `notification` it stands where the draft of the W3C has it. */
    readonly app_badge: string
    /** Comes back to a worker that looks for the notification of an event. */
    readonly data: { readonly id: string }
  }
  readonly app_badge: number
  /** For our own worker. */
  readonly ec: {
    readonly id: string
    readonly seq?: number
    readonly type: string
    readonly level: string
    readonly service?: string
    readonly thread?: string
    readonly expires_at?: string
    /** What `POST /api/push/answer` takes. */
    readonly question?: string
    readonly options?: Json
    readonly data?: JsonObject
    readonly close?: readonly string[]
    /** True: something was left out or cut. */
    readonly cut?: true
  }
}

/**
 * The message of an event, within `maxBytes` of UTF-8: what does not fit goes in the order what to close, data, options,
 * pictures and buttons, body, title, link. Text is cut between characters, as a person counts them, and ends in an ellipsis. `home`
 * is where a click leads when the event has no link. `declarative`: a browser may show it without a worker. Null when not
 * even the names of things fit.
 */
export function fitPayload(
  event: EcEvent,
  standing: Standing,
  home: string,
  maxBytes: number,
  declarative = true,
): Buffer | null {
  const whole = describe(event, standing, home, declarative)
  const { close: _close, ...ownEc } = whole.ec
  const { data: _data, ...withoutData } = ownEc
  const { options: _options, ...bareEc } = withoutData
  const { icon: _icon, image: _image, actions: _actions, ...bare } = whole.notification
  const cut = true as const
  const steps: readonly (() => Message)[] = [
    () => whole,
    // The next message says it too, so that nothing of this one is cut for it.
    () => ({ ...whole, ec: ownEc }),
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

function describe(event: EcEvent, standing: Standing, home: string, declarative: boolean): Message {
  const { seq, unread, close } = standing
  const { id, type, level, service, thread, expires_at, lang, icon, image } = event
  const { options, ...data } = event.data ?? {}
  const question = readQuestion(event)
  const terms = question.ok ? question.terms : null
  const buttons = terms === null ? [] : buttonsOf(terms.options)
  return {
    ...(declarative ? { web_push: DECLARATIVE, mutable: true } : {}),
    notification: {
      title: cleanLine(event.title, MAX_CHARACTERS),
      ...(event.body === '' ? {} : { body: cleanText(event.body, MAX_CHARACTERS) }),
      navigate: event.cta?.url ?? home,
      ...(declarative ? { mutable: true } : {}),
      // As the topic: a newer message takes the place of a shown one, and the length is known.
      tag: topicOf(event),
      ...(lang === undefined ? {} : { lang }),
      ...(icon === undefined ? {} : { icon: absolute(icon, home) }),
      ...(image === undefined ? {} : { image: absolute(image, home) }),
      timestamp: Date.parse(event.created_at),
      ...(type === 'action.required' ? { requireInteraction: true as const } : {}),
      ...(buttons.length === 0 ? {} : { actions: buttons }),
      app_badge: String(unread),
      data: { id },
    },
    app_badge: unread,
    ec: {
      id,
      ...(seq === null ? {} : { seq }),
      type,
      level,
      ...(service === undefined ? {} : { service }),
      ...(thread === undefined ? {} : { thread }),
      ...(expires_at === undefined ? {} : { expires_at }),
      ...(terms === null ? {} : { question: terms.id ?? id }),
      ...(options === undefined ? {} : { options }),
      ...(Object.keys(data).length === 0 ? {} : { data }),
      ...(close.length === 0 ? {} : { close }),
    },
  }
}

/** Safari drops a whole message for an icon that is no URL of its own. */
function absolute(address: string, home: string): string {
  return URL.canParse(address, home) ? new URL(address, home).href : address
}

/**
 * What can be answered with one press: browsers show two buttons at most. What cannot be taken back, or needs words, is
 * for the page.
 */
function buttonsOf(options: readonly QuestionOption[]): readonly { readonly action: string; readonly title: string }[] {
  return options
    .filter(({ style, input }) => style !== 'danger' && input === null)
    .slice(0, MAX_BUTTONS)
    .map(({ id, label }) => ({ action: `answer:${id}`, title: cleanLine(label, MAX_BUTTON) }))
}

/** The message with one text cut to what the rest leaves of `maxBytes`; as it is when the rest leaves nothing. */
function shorten(message: Message, field: 'title' | 'body', maxBytes: number): Message {
  const text = message.notification[field] ?? ''
  const empty = { ...message, notification: { ...message.notification, [field]: '' } }
  const room = maxBytes - Buffer.byteLength(JSON.stringify(empty))
  return { ...empty, notification: { ...empty.notification, [field]: fitText(text, room) } }
}
