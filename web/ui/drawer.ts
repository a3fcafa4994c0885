import type { CenterState, Item } from '../center/center.ts'
import type { Target, View } from './default-ui.ts'
import { h } from './h.ts'
import type { Kit } from './kit.ts'
import { lower, raise } from './layer.ts'
import type { Panel } from './later.ts'
import type { LoadLater } from './load-later.ts'

/** Where the history opens: beside the page, or as the page. */
export interface Drawer {
  readonly element: HTMLElement
  readonly isOpen: boolean
  open(target?: Target): void
  toggle(): void
  update(state: CenterState): void
  /** Takes the focus when what had it is gone; null when nothing is shown. */
  heading(): HTMLElement | null
  close(): void
}

export interface DrawerHooks {
  readonly ontoggle: (isOpen: boolean) => void
  /** The person wants to answer a question. */
  readonly onask: (item: Item) => void
  readonly refuge: () => HTMLElement | null
}

export function createDrawer(kit: Kit, view: View, load: LoadLater, { ontoggle, onask, refuge }: DrawerHooks): Drawer {
  const isPage = view === 'page'
  const element = h('div', {
    class: isPage ? 'panel' : 'panel drawer',
    part: 'panel',
    role: isPage ? null : 'dialog',
    'aria-label': isPage ? null : kit.say('notifications'),
    hidden: true,
    onkeydown(event) {
      if (event instanceof KeyboardEvent && event.key === 'Escape' && !event.defaultPrevented) hide()
    },
  })
  let panel: Panel | null = null
  let state = kit.center.state
  let cameFrom: HTMLElement | null = null

  function open(target: Target = {}): void {
    if (element.hidden) {
      element.hidden = false
      const active = kit.root.activeElement ?? document.activeElement
      cameFrom = active instanceof HTMLElement ? active : null
      if (!isPage) {
        raise(element, true)
        document.addEventListener('pointerdown', pressed)
      }
      ontoggle(true)
    }
    void fill(target)
  }

  async function fill(target: Target): Promise<void> {
    try {
      const { createPanel } = await load()
      if (element.hidden) return
      if (panel === null) {
        panel = createPanel(kit, { isPage, onclose: hide, onask })
        element.replaceChildren(panel.element)
        panel.update(state)
      }
    } catch {
      // Names of what is loaded later change with the version.
      kit.note(kit.say(navigator.onLine ? 'reload' : 'unreachable'))
      return hide()
    }
    if (!isPage) panel.heading.focus()
    await panel.show(target)
  }

  function hide(): void {
    if (element.hidden || isPage) return
    const hadFocus = element.matches(':focus-within')
    lower(element)
    element.hidden = true
    document.removeEventListener('pointerdown', pressed)
    panel?.close()
    panel = null
    element.replaceChildren()
    ontoggle(false)
    if (hadFocus) (cameFrom?.isConnected === true ? cameFrom : refuge())?.focus()
  }

  /** A press beside the drawer puts it away; one on what belongs to it does not. */
  function pressed(event: Event): void {
    if (!event.composedPath().includes(kit.root.host)) hide()
  }

  return {
    element,
    get isOpen() {
      return !element.hidden
    },
    open,
    toggle: () => (element.hidden ? open() : hide()),
    update(next) {
      state = next
      panel?.update(next)
    },
    heading: () => panel?.heading ?? null,
    close() {
      document.removeEventListener('pointerdown', pressed)
      panel?.close()
      panel = null
    },
  }
}
