import type { EcEvent, Level } from '../../src/core/event.ts'
import type { FirstWord } from '../words/first.ts'
import { eventText } from './event-text.ts'
import { h } from './h.ts'
import type { Kit } from './kit.ts'
import type { Toast } from './toasts.ts'

/** What a loud event is called, so that its colour says nothing that words do not. */
const LOUD: Readonly<Record<Exclude<Level, 'info'>, FirstWord>> = {
  warning: 'warning',
  error: 'error',
  critical: 'critical',
}

/** `onanswer`: given for a question, which stays until it is dealt with. */
export function eventToast(kit: Kit, event: EcEvent, onanswer: (() => void) | null): Toast {
  const { say, center } = kit
  const { title, body, service } = eventText(event)
  let isSeen = false
  const read = () => void center.markRead([event.id]).catch(kit.fail)
  const answer =
    onanswer === null ? null : h('button', { type: 'button', class: 'button', onclick: onanswer }, say('answer'))
  const actions = [answer, kit.linkOf(event, read)].filter(part => part !== null)
  return {
    key: event.id,
    content: [
      levelWord(kit, event.level),
      service,
      h('p', {}, title),
      body,
      actions.length === 0 ? null : h('div', { class: 'actions' }, ...actions),
    ],
    isUrgent: event.level === 'critical' || event.level === 'error',
    stays: event.level === 'critical' || onanswer !== null,
    onseen() {
      if (isSeen) return
      isSeen = true
      center.markSeen([event.id]).catch(() => {})
    },
  }
}

/** Null for what is not loud. */
export function levelWord({ say }: Pick<Kit, 'say'>, level: Level): HTMLSpanElement | null {
  return level === 'info' ? null : h('span', { class: `level ${level}` }, say(LOUD[level]))
}
