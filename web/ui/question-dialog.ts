import type { Item } from '../center/center.ts'
import { eventText } from './event-text.ts'
import { h } from './h.ts'
import { icon } from './icon.ts'
import type { Kit } from './kit.ts'
import { createQuestionForm, type QuestionForm } from './question-form.ts'

/** Asks the person, one question after the other, over the page. */
export interface QuestionDialog {
  readonly element: HTMLDialogElement
  readonly isOpen: boolean
  ask(item: Item): void
  /** Brings what it shows to what is known now. */
  update(items: readonly Item[]): void
  close(): void
}

/** More questions wait in the history. */
const MAX_WAITING = 50

/** `onclose`: it is no longer in the way. */
export function createQuestionDialog(kit: Kit, onclose: () => void): QuestionDialog {
  const { say, center } = kit
  const place = h('span', { class: 'position' })
  const from = h('span', { class: 'from' })
  const content = h('div', { class: 'asked' })
  const dialog = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'asked-title', onclose: ended },
    h(
      'div',
      { class: 'head' },
      h('span', { class: 'kind' }, say('question')),
      from,
      place,
      h(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': say('close'), onclick: () => dialog.close() },
        icon('close'),
      ),
    ),
    content,
  )
  const later = h('button', { type: 'button', class: 'quiet', onclick: next })
  let waiting: readonly Item[] = []
  let asked = 0
  let shown: Item | null = null
  let form: QuestionForm | null = null

  function show(item: Item): void {
    form?.close()
    shown = item
    asked += 1
    const { title, body, service } = eventText(item.event)
    const heading = h('h2', { id: 'asked-title', tabindex: '-1' }, title)
    // A long text scrolls by itself, by keyboard too.
    body?.setAttribute('tabindex', '0')
    const link = kit.linkOf(item.event, () => void center.markRead([item.event.id]).catch(kit.fail))
    form = createQuestionForm(kit, item, next)
    later.textContent = say('later')
    content.replaceChildren(
      ...[heading, body, link, form.element, h('div', { class: 'end' }, later)].filter(part => part !== null),
    )
    from.replaceChildren(...(service === null ? [] : [service]))
    tellPlace()
    if (!dialog.open) dialog.showModal()
    // Not on a button: a key that was meant for the page must not answer.
    heading.focus()
    center.markSeen([item.event.id]).catch(() => {})
  }

  function next(): void {
    const [first, ...rest] = waiting
    waiting = rest
    if (first === undefined) dialog.close()
    else show(first)
  }

  function tellPlace(): void {
    const n = asked + waiting.length
    place.textContent = n > 1 ? say('place', { i: asked, n }) : ''
  }

  function ended(): void {
    form?.close()
    form = shown = null
    waiting = []
    asked = 0
    content.replaceChildren()
    onclose()
  }

  return {
    element: dialog,
    get isOpen() {
      return dialog.open
    },
    ask(item) {
      const isKnown = [shown, ...waiting].some(known => known?.event.id === item.event.id)
      if (isKnown) return
      if (shown === null) show(item)
      else if (waiting.length < MAX_WAITING) waiting = [...waiting, item]
      tellPlace()
    },
    update(items) {
      const byId = (item: Item) => items.find(({ event }) => event.id === item.event.id) ?? item
      waiting = waiting.map(byId).filter(({ question }) => question?.state === 'open')
      const now = shown === null ? null : byId(shown)
      if (now !== null && now !== shown) {
        shown = now
        form?.update(now)
        if (now.question?.state !== 'open') later.textContent = say('close')
      }
      tellPlace()
    },
    close: () => dialog.close(),
  }
}
