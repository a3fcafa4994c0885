import { h } from './h.ts'
import { icon } from './icon.ts'
import type { Kit } from './kit.ts'

export interface Bell {
  readonly element: HTMLButtonElement
  update(unread: number): void
  expand(isOpen: boolean): void
}

const MOST = 99

export function createBell(kit: Kit, ontoggle: () => void): Bell {
  const count = h('span', { class: 'count', 'aria-hidden': 'true', hidden: true })
  const element = h(
    'button',
    {
      type: 'button',
      class: 'bell',
      part: 'bell',
      'aria-haspopup': 'dialog',
      'aria-expanded': 'false',
      'aria-label': kit.say('notifications'),
      onclick: ontoggle,
    },
    icon('bell'),
    count,
  )
  return {
    element,
    update(unread) {
      count.hidden = unread === 0
      count.textContent = unread > MOST ? `${MOST}+` : String(unread)
      const label = unread === 0 ? kit.say('notifications') : kit.say('unread', { n: unread })
      if (element.getAttribute('aria-label') !== label) element.setAttribute('aria-label', label)
    },
    expand: isOpen => element.setAttribute('aria-expanded', String(isOpen)),
  }
}
