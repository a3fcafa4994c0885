import type { PushDesk } from '../../push/push-desk.ts'
import type { Kit } from '../kit.ts'
import type { Toasts } from '../toasts.ts'
import { createLaterKit } from './create-later-kit.ts'
import { sayPush } from './say-push.ts'

/** Asks once, in the page, before the browser may be asked: a refusal there is for good. */
export function offerPush(kit: Kit, desk: PushDesk, toasts: Pick<Toasts, 'show' | 'drop'>): void {
  const { h } = kit
  const { tell } = createLaterKit(kit)
  const later = () => desk.putOff()

  async function accept(): Promise<void> {
    // Within the click: later browsers would not listen.
    const asked = desk.enable()
    toasts.drop(KEY)
    const { text, isStuck } = sayPush(await asked, tell)
    const steps = isStuck ? (await desk.explain()).steps : []
    toasts.show({
      key: KEY,
      content: [h('p', {}, text), ...steps.map(step => h('p', { class: 'body' }, step))],
      stays: isStuck,
    })
  }

  function refuse(): void {
    later()
    toasts.drop(KEY)
  }

  toasts.show({
    key: KEY,
    content: [
      h('p', {}, h('span', { class: 'title' }, tell('offer'))),
      h('p', { class: 'body' }, tell('offerBody')),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', class: 'button primary', onclick: () => kit.attempt(accept) }, tell('offerYes')),
        h('button', { type: 'button', class: 'quiet', onclick: refuse }, tell('later')),
      ),
    ],
    stays: true,
    onclose: later,
  })
}

const KEY = 'push'
