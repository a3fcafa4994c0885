import type { EcEvent } from '../../src/core/event.ts'
import type { CenterState, Item } from '../center/center.ts'
import { eventToast } from './event-toast.ts'
import { h } from './h.ts'
import type { Kit } from './kit.ts'
import type { Questions } from './questions.ts'
import type { Toasts } from './toasts.ts'

/** Tells of what happens: a toast, or a question that is put over the page. */
export interface Announcer {
  announce(event: EcEvent): void
  update(state: CenterState): void
}

/** Of the events in the corner that may have to be taken away again. */
const MAX_KNOWN = 100

/** `mayDisturb`: whether a question may be put over the page now. `onopen`: the person wants to see the history. */
export function createAnnouncer(
  kit: Kit,
  { toasts, questions }: { readonly toasts: Toasts; readonly questions: Questions },
  mayDisturb: () => boolean,
  onopen: () => void,
): Announcer {
  const { center, say } = kit
  const told = new Set<string>()
  let isAwayTold = false

  async function announce(event: EcEvent): Promise<void> {
    const item = center.state.items.find(known => known.event.id === event.id)
    if (item?.question?.state !== 'open') show(event, null)
    else if (!(await questions.ask(item, mayDisturb))) show(event, () => void press(item))
  }

  function show(event: EcEvent, onanswer: (() => void) | null): void {
    told.add(event.id)
    for (const id of told) {
      if (told.size <= MAX_KNOWN) break
      told.delete(id)
    }
    toasts.show(eventToast(kit, event, onanswer))
  }

  /** Whoever presses wants to be disturbed. */
  async function press(item: Item): Promise<void> {
    if (await questions.ask(item, () => true)) toasts.drop(item.event.id)
    else kit.note(say('unreachable'))
  }

  /** What was dealt with elsewhere, or taken back, leaves the corner. */
  function update(state: CenterState): void {
    if (told.size > 0) {
      const byId = new Map(state.items.map(item => [item.event.id, item]))
      for (const id of told) {
        const item = byId.get(id)
        if (item !== undefined && !item.read && !item.archived && (item.question?.state ?? 'open') === 'open') continue
        told.delete(id)
        toasts.drop(id)
      }
    }
    questions.update(state)
    tellAway(state.away)
  }

  function tellAway(n: number): void {
    if (n === 0) {
      if (isAwayTold) toasts.drop(AWAY)
      isAwayTold = false
    } else if (!isAwayTold && !document.hidden) {
      isAwayTold = true
      const show = h('button', { type: 'button', class: 'button', onclick: see }, say('show'))
      toasts.show({
        key: AWAY,
        content: [h('p', {}, say('away', { n })), h('div', { class: 'actions' }, show)],
        onclose: () => center.welcomeBack(),
      })
    }
  }

  function see(): void {
    center.welcomeBack()
    onopen()
  }

  return { announce: event => void announce(event), update }
}

const AWAY = 'away'
