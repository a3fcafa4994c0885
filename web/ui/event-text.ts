import { cleanLine, cleanText } from '../../src/core/clean-text.ts'
import type { EcEvent } from '../../src/core/event.ts'
import { h } from './h.ts'

/** As long as an event may be at all. */
const MAX_BODY = 32_768
const MAX_TITLE = 1_000
const MAX_SERVICE = 60

/** What an event says, as elements that hold its text in its own direction and language. */
export interface EventText {
  readonly title: HTMLSpanElement
  /** Null when there is none. */
  readonly body: HTMLParagraphElement | null
  readonly service: HTMLSpanElement | null
}

export function eventText({ title, body, service, lang }: EcEvent): EventText {
  const shown = cleanText(body, MAX_BODY)
  const own = { dir: 'auto', lang: lang ?? null }
  return {
    title: h('span', { class: 'title', ...own }, cleanLine(title, MAX_TITLE)),
    body: shown === '' ? null : h('p', { class: 'body', ...own }, shown),
    service:
      service === undefined ? null : h('span', { class: 'service', dir: 'auto' }, cleanLine(service, MAX_SERVICE)),
  }
}
