import type { LaterKit } from './later-kit.ts'
import { sayPush } from './say-push.ts'

/** This browser and the others that take pushes. */
export interface DevicesView {
  readonly element: HTMLElement
  close(): void
}

interface Device {
  readonly id: string
  readonly name: string | null
  readonly platform: string | null
  readonly seen_at: string
  readonly last_error: string | null
  readonly unshown: number
}

/** Takes pushes and shows none: `unshown` beyond this. */
const MOST_UNSHOWN = 3

export function createDevicesView(panel: LaterKit): DevicesView {
  const { kit, tell } = panel
  const { center, desk, h } = kit
  const here = h('div', { class: 'entries' })
  const others = h('ul', { class: 'entries' })
  const status = h('p', { class: 'foot', role: 'status' })
  const element = h(
    'div',
    { class: 'settings' },
    desk === null ? null : h('section', {}, h('h3', {}, tell('thisBrowser')), here),
    h('section', {}, h('h3', {}, tell('otherDevices')), others),
    status,
  )
  let isClosed = false
  const unsubscribe = desk?.subscribe(() => {
    drawHere()
    read()
  })

  drawHere()
  read()

  function drawHere(): void {
    if (desk === null) return
    const { text, steps, act } = sayPush(desk.state, navigator.userAgent, tell)
    const { device } = desk.state
    // Permission is asked for in the click itself.
    const change = () => run(act === 'on' ? desk.enable() : desk.disable())
    const label = act === 'on' ? tell('switchOn') : tell('switchOff')
    here.replaceChildren(
      h('p', {}, text),
      ...steps.map(step => h('p', { class: 'help' }, step)),
      h(
        'div',
        { class: 'actions' },
        act === null ? '' : h('button', { type: 'button', class: 'button', onclick: change }, label),
        act !== 'off' || device === null
          ? ''
          : h('button', { type: 'button', class: 'quiet', onclick: () => test(device) }, tell('test')),
      ),
    )
  }

  function read(): void {
    center
      .call<{ readonly devices: readonly Device[] }>('GET', '/api/push/devices?limit=100')
      .then(({ devices }) => {
        if (isClosed) return
        const rest = devices.filter(({ id }) => id !== desk?.state.device)
        others.replaceChildren(...rest.map(drawDevice))
        if (rest.length === 0) others.append(h('li', { class: 'help' }, tell('noDevices')))
      })
      .catch(kit.fail)
  }

  function drawDevice({ id, name, platform, seen_at, last_error, unshown }: Device): HTMLElement {
    const words = [name, platform].flatMap(word => (word === null ? [] : kit.cleanLine(word, 60)))
    const title = words.length === 0 ? tell('aDevice') : words.join(', ')
    const when = kit.sayWhen(Date.parse(seen_at), Date.now())
    const trouble = last_error !== null ? tell('lastError') : unshown > MOST_UNSHOWN ? tell('notShown') : ''
    const remove = () => run(center.call('DELETE', `/api/push/devices/${encodeURIComponent(id)}`).then(read))
    return h(
      'li',
      {},
      h('span', { dir: 'auto' }, title),
      h('span', { class: 'help' }, `${tell('lastSeen', { when })} ${trouble}`),
      h(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': tell('testOf', { name: title }), onclick: () => test(id) },
        tell('test'),
      ),
      h(
        'button',
        { type: 'button', class: 'quiet', 'aria-label': tell('removeOf', { name: title }), onclick: remove },
        tell('remove'),
      ),
    )
  }

  function test(device: string): void {
    status.textContent = tell('loading')
    const sent = center.call<{ readonly outcome: string; readonly reason: string | null }>('POST', '/api/push/test', {
      device,
    })
    run(
      sent.then(({ outcome, reason }) => {
        status.textContent =
          outcome === 'delivered'
            ? tell('tested')
            : tell('testFailed', { reason: kit.cleanLine(reason ?? outcome, 200) })
        read()
      }),
    )
  }

  function run(deed: Promise<unknown>): void {
    deed.catch((error: unknown) => {
      status.textContent = ''
      kit.fail(error)
    })
  }

  return {
    element,
    close() {
      isClosed = true
      unsubscribe?.()
    },
  }
}
