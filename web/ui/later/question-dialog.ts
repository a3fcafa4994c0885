import type { Item } from '../../center/center.ts'
import type { Kit } from '../kit.ts'
import { adoptLaterSheet } from './adopt-sheet.ts'
import { createLaterKit } from './create-later-kit.ts'
import { createQuestionForm, type QuestionForm } from './question-form.ts'

/** Asks the person, one question after the other, over the page. */
export interface QuestionDialog {
  readonly element: HTMLDialogElement
  ask(item: Item): void
  /** Brings what it shows to what is known now. */
  update(items: readonly Item[]): void
  close(): void
}

/** More questions wait in the history. */
const MAX_WAITING = 50

/** `onclose`: it is no longer in the way. */
export function createQuestionDialog(kit: Kit, onclose: () => void): QuestionDialog {
  adoptLaterSheet(kit.root)
  const { say, center, h } = kit
  const later = createLaterKit(kit)
  const { tell } = later
  const position = h('span', { class: 'position' })
  const from = h('span', { class: 'from' })
  const shut = h('button', { type: 'button', class: 'quiet', 'aria-label': say('close') }, kit.icon('close'))
  const content = h('div', { class: 'asked' })
  const put = h('button', { type: 'button', class: 'quiet', onclick: next })
  const element = h(
    'dialog',
    { class: 'dialog', 'aria-labelledby': 'asked-title', onclose: ended },
    h('div', { class: 'head' }, h('span', { class: 'kind' }, tell('question')), from, position, shut),
    content,
  )
  let waiting: readonly Item[] = []
  let asked = 0
  let shown: Item | null = null
  /** What is too old to be in the list was not taken back. */
  let isListed = false
  let form: QuestionForm | null = null
  shut.addEventListener('click', () => element.close())

  function show(item: Item): void {
    form?.close()
    shown = item
    isListed = false
    asked += 1
    const { title, body, service } = kit.eventText(item.event)
    const heading = h('h2', { id: 'asked-title', tabindex: '-1' }, title)
    // A long text scrolls by itself, by keyboard too.
    body?.setAttribute('tabindex', '0')
    const link = kit.linkOf(item.event, () => void center.markRead([item.event.id]).catch(kit.fail))
    form = createQuestionForm(later, item, next)
    put.textContent = tell('later')
    from.replaceChildren(...(service === null ? [] : [service]))
    content.replaceChildren(
      ...[heading, body, link, form.element, h('div', { class: 'end' }, put)].filter(part => part !== null),
    )
    tellPosition()
    if (!element.open) element.showModal()
    // Not on a button: a key that was meant for the page must not answer.
    heading.focus()
    // What is not marked now is when it is looked at again.
    center.markSeen([item.event.id]).catch(() => {})
  }

  function next(): void {
    const [first, ...rest] = waiting
    waiting = rest
    if (first === undefined) element.close()
    else show(first)
  }

  function tellPosition(): void {
    const n = asked + waiting.length
    position.textContent = n > 1 ? tell('place', { i: asked, n }) : ''
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
    element,
    ask(item) {
      if ([shown, ...waiting].some(known => known?.event.id === item.event.id)) return
      if (shown === null) show(item)
      else if (waiting.length < MAX_WAITING) waiting = [...waiting, item]
      tellPosition()
    },
    update(items) {
      if (shown === null) return
      const byId = new Map(items.map(item => [item.event.id, item]))
      waiting = waiting.flatMap(({ event }) => {
        const item = byId.get(event.id)
        return item?.question?.state === 'open' ? item : []
      })
      const now = byId.get(shown.event.id)
      // What was taken back is nobody's question any more.
      if (now === undefined) return isListed ? next() : undefined
      isListed = true
      if (now !== shown) {
        shown = now
        form?.update(now)
        if (now.question?.state !== 'open') put.textContent = say('close')
      }
      tellPosition()
    },
    close: () => element.close(),
  }
}
