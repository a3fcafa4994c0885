import type { Item } from '../../center/center.ts'
import type { HistoryDeeds } from './history-deeds.ts'
import type { LaterKit } from './later-kit.ts'
import { createQuestionForm, type QuestionForm } from './question-form.ts'
import { createRowDetails } from './row-details.ts'

/** One event of the history. What is inside is made when it is first opened. */
export interface HistoryRow {
  readonly element: HTMLElement
  readonly item: Item
  /** The day it belongs to, as the browser's clock has it. */
  readonly day: string
  update(item: Item): void
  /** The heading of its day, when it is the first of it. */
  head(text: string | null): void
  open(): void
  focus(): void
  /** Says its age anew. */
  age(now: number): void
  close(): void
}

const MAX_PREVIEW = 300
const DAY_MS = 86_400_000

export function createHistoryRow(panel: LaterKit, first: Item, deeds: HistoryDeeds): HistoryRow {
  const { kit, tell } = panel
  const { h, cleanLine, eventText, levelWord } = kit
  const { event } = first
  const at = Date.parse(event.created_at)
  const { title, service } = eventText(event)
  const preview = cleanLine(event.body, MAX_PREVIEW)
  const toggle = h('button', { type: 'button', class: 'toggle', 'aria-expanded': 'false', onclick: turn }, title)
  const time = h('time', { datetime: event.created_at, title: deeds.fullTime(at) })
  const unread = h('span', { class: 'unread-word' }, tell('unread'))
  const away = h('span', { class: 'away' })
  const body = preview === '' ? null : h('p', { class: 'preview', dir: 'auto', lang: event.lang ?? null }, preview)
  const heading = h('h3', { class: 'day', hidden: true })
  const inside = h('div', { class: 'inside' })
  const article = h(
    'article',
    {},
    h('div', { class: 'meta' }, unread, levelWord(kit, event.level), service, away, time),
    toggle,
    body,
    inside,
  )
  const element = h('div', { class: 'row', role: 'listitem', 'data-id': event.id }, heading, article)
  let item = first
  let headed: string | null = null
  let form: QuestionForm | null = null
  let details: ReturnType<typeof createRowDetails> | null = null

  if (first.question !== null) {
    form = createQuestionForm(panel, first, () => {})
    inside.append(form.element)
  }
  draw()
  age(Date.now())

  function turn(): void {
    const opens = toggle.getAttribute('aria-expanded') !== 'true'
    toggle.setAttribute('aria-expanded', String(opens))
    element.classList.toggle('open', opens)
    if (opens) {
      details ??= createRowDetails(panel, event, deeds)
      inside.prepend(...[details.text, details.link].filter(part => part !== null))
      inside.append(details.actions)
      details.update(item)
      // A question is read by being answered.
      if (!item.read && item.question?.state !== 'open') deeds.read(item)
    } else {
      for (const part of [details?.text, details?.link, details?.actions]) part?.remove()
    }
    if (body !== null) body.hidden = opens
  }

  function draw(): void {
    element.classList.toggle('unread', !item.read)
    unread.hidden = item.read
    const until = item.snoozedUntil
    away.textContent = until !== null && until > Date.now() ? tell('snoozedUntil', { when: deeds.fullTime(until) }) : ''
    details?.update(item)
  }

  function age(now: number): void {
    const text = now - at < DAY_MS ? kit.sayWhen(Math.min(at, now), now) : deeds.timeOfDay(at)
    if (time.textContent !== text) time.textContent = text
  }

  return {
    element,
    get item() {
      return item
    },
    day: new Date(at).toDateString(),
    update(next) {
      item = next
      form?.update(next)
      draw()
    },
    head(text) {
      if (text === headed) return
      headed = text
      heading.hidden = text === null
      heading.textContent = text ?? ''
    },
    open() {
      if (toggle.getAttribute('aria-expanded') !== 'true') turn()
    },
    focus: () => toggle.focus(),
    age,
    close: () => form?.close(),
  }
}
