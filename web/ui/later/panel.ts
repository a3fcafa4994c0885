import type { CenterState, Item } from '../../center/center.ts'
import type { Target } from '../default-ui.ts'
import type { Kit } from '../kit.ts'
import { createLaterKit } from './create-later-kit.ts'
import { createDevicesView } from './devices-view.ts'
import { createHistoryView } from './history-view.ts'
import { adoptLaterSheet } from './adopt-sheet.ts'
import { createSettingsView } from './settings-view.ts'

/** History, settings and devices of a person. */
export interface Panel {
  readonly element: HTMLElement
  readonly heading: HTMLElement
  update(state: CenterState): void
  show(target: Target): Promise<void>
  close(): void
}

export interface PanelOptions {
  /** It is the page, and not beside one. */
  readonly isPage: boolean
  readonly onclose: () => void
  /** The person wants to answer a question. */
  readonly onask: (item: Item) => void
}

const TABS = ['history', 'settings', 'devices'] as const
type Tab = (typeof TABS)[number]

interface View {
  readonly element: HTMLElement
  close(): void
}

export function createPanel(kit: Kit, { isPage, onclose, onask }: PanelOptions): Panel {
  adoptLaterSheet(kit.root)
  const panel = createLaterKit(kit)
  const { tell } = panel
  const { h, say } = kit
  const history = createHistoryView(panel, onask)
  const heading = h('h2', { tabindex: '-1' }, say('notifications'))
  const line = h('p', { class: 'line', role: 'status' })
  const tabs = new Map(TABS.map(tab => [tab, tabButton(tab)]))
  const place = h('div', { class: 'place' }, history.element)
  const close = h(
    'button',
    { type: 'button', class: 'quiet', 'aria-label': say('close'), onclick: onclose },
    kit.icon('close'),
  )
  const element = h(
    'div',
    { class: 'inner' },
    h('div', { class: 'head' }, heading, isPage ? null : close),
    h('nav', { class: 'tabs', 'aria-label': say('notifications') }, ...tabs.values()),
    line,
    place,
  )
  let other: View | null = null

  function tabButton(tab: Tab): HTMLButtonElement {
    const onclick = () => turnTo(tab)
    return h(
      'button',
      { type: 'button', 'aria-current': tab === 'history' ? 'page' : null, onclick },
      // The page has the word in its title.
      isPage && tab === 'history' ? say('notifications') : tell(tab),
    )
  }

  function turnTo(tab: Tab): void {
    for (const [name, button] of tabs) {
      if (name === tab) button.setAttribute('aria-current', 'page')
      else button.removeAttribute('aria-current')
    }
    other?.close()
    other = tab === 'history' ? null : tab === 'settings' ? createSettingsView(panel) : createDevicesView(panel, isPage)
    place.replaceChildren((other ?? history).element)
  }

  return {
    element,
    heading,
    update(state) {
      const { connection } = state
      const text = connection === 'live' ? '' : tell(connection === 'signed-out' ? 'signedOut' : connection)
      if (line.textContent !== text) line.textContent = text
      history.update(state)
    },
    async show(target) {
      if (target.event || target.question) turnTo('history')
      await history.show(target)
    },
    close() {
      other?.close()
      history.close()
    },
  }
}
