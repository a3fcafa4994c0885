import type { CenterState, Item } from '../../center/center.ts'
import type { Target } from '../default-ui.ts'
import type { Kit } from '../kit.ts'
import { createPanelKit } from './create-panel-kit.ts'
import { createDevicesView } from './devices-view.ts'
import { createHistoryView } from './history-view.ts'
import { adoptPanelSheet } from './panel-sheet.ts'
import { createSettingsView } from './settings-view.ts'

export { offerPush } from './offer-push.ts'

/** History, settings and devices of a person. This file and what it imports is loaded when it is first opened. */
export interface Panel {
  readonly element: HTMLElement
  readonly heading: HTMLElement
  update(state: CenterState): void
  show(target: Target, ask: (item: Item) => void): Promise<void>
  close(): void
}

const TABS = ['history', 'settings', 'devices'] as const
type Tab = (typeof TABS)[number]

interface View {
  readonly element: HTMLElement
  close(): void
}

export function createPanel(
  kit: Kit,
  { isPage, onclose }: { readonly isPage: boolean; readonly onclose: () => void },
): Panel {
  adoptPanelSheet(kit.root)
  const panel = createPanelKit(kit)
  const { tell } = panel
  const { h, say } = kit
  const history = createHistoryView(panel)
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
    other = tab === 'history' ? null : tab === 'settings' ? createSettingsView(panel) : createDevicesView(panel)
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
    async show(target, ask) {
      if (target.event || target.question) turnTo('history')
      await history.show(target, ask)
    },
    close() {
      other?.close()
      history.close()
    },
  }
}
