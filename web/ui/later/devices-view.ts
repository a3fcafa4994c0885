import type { PushDesk } from '../../push/push-desk.ts'
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

interface Tested {
  readonly outcome: string
  readonly reason: string | null
}

/** Takes pushes and shows none: `unshown` beyond this. */
const MOST_UNSHOWN = 3

/** `isPage`: it is a page of the agent's, which has a page beside it that finds out why nothing comes. */
export function createDevicesView({ kit, tell }: LaterKit, isPage: boolean): DevicesView {
  const { center, h } = kit
  const here = h('div', { class: 'entries' })
  const hereToo = h('section', { hidden: true }, h('h3', {}, tell('thisBrowser')), here)
  const others = h('ul', { class: 'entries' })
  const status = h('p', { class: 'foot', role: 'status' })
  const element = h(
    'div',
    { class: 'settings' },
    hereToo,
    h('section', {}, h('h3', {}, tell('otherDevices')), others),
    isPage ? h('p', {}, h('a', { class: 'plain', href: '/diagnostics' }, tell('diagnostics'))) : null,
    status,
  )
  let desk: PushDesk | null = null
  let isClosed = false
  let unsubscribe: (() => void) | null = null

  run(async () => {
    const found = await kit.desk
    if (isClosed) return
    desk = found
    hereToo.hidden = desk === null
    unsubscribe = desk?.subscribe(draw) ?? null
    draw()
  })

  function draw(): void {
    if (desk !== null) drawHere(desk)
    readOthers()
  }

  function drawHere(desk: PushDesk): void {
    const { state } = desk
    const { text, act, isStuck } = sayPush(state, tell)
    const steps = h('ol', { class: 'lines' })
    // Permission is asked for in the click itself.
    const change = () => run(() => (act === 'on' ? desk.enable() : desk.disable()))
    const label = act === 'on' ? tell('switchOn') : tell('switchOff')
    const buttons = [
      act === null
        ? null
        : h('button', { type: 'button', class: 'button', 'data-name': 'push', onclick: change }, label),
      act === 'off' && state.device !== null ? testButton(state.device, tell('thisBrowser')) : null,
    ]
    const hadFocus = here.contains(kit.root.activeElement)
    here.replaceChildren(h('p', {}, text), steps, h('div', { class: 'actions' }, ...buttons))
    if (hadFocus) here.querySelector('button')?.focus()
    if (isStuck) run(async () => steps.append(...(await desk.explain()).steps.map(step => h('li', {}, step))))
  }

  function readOthers(): void {
    run(async () => {
      const path = '/api/push/devices?limit=100'
      const { devices } = await center.call<{ readonly devices: readonly Device[] }>('GET', path)
      if (isClosed) return
      const rest = devices.filter(({ id }) => id !== desk?.state.device)
      others.replaceChildren(...rest.map(drawDevice))
      if (rest.length === 0) others.append(h('li', { class: 'help' }, tell('noDevices')))
    })
  }

  function drawDevice({ id, name, platform, seen_at, last_error, unshown }: Device): HTMLElement {
    const words = [name, platform].flatMap(word => (word === null ? [] : kit.cleanLine(word, 60)))
    const title = words.length === 0 ? tell('aDevice') : [...new Set(words)].join(', ')
    const when = kit.sayWhen(Date.parse(seen_at), Date.now())
    const trouble = last_error !== null ? tell('lastError') : unshown > MOST_UNSHOWN ? tell('notShown') : ''
    const remove = () =>
      run(async () => {
        await center.call('DELETE', `/api/push/devices/${encodeURIComponent(id)}`)
        readOthers()
      })
    const label = tell('removeOf', { name: title })
    return h(
      'li',
      {},
      h('span', { dir: 'auto' }, title),
      h('span', { class: 'help' }, `${tell('lastSeen', { when })} ${trouble}`),
      testButton(id, title),
      h('button', { type: 'button', class: 'quiet', 'aria-label': label, onclick: remove }, tell('remove')),
    )
  }

  function testButton(device: string, name: string): HTMLButtonElement {
    const onclick = () => test(device)
    return h(
      'button',
      { type: 'button', class: 'quiet', 'aria-label': tell('testOf', { name }), onclick },
      tell('test'),
    )
  }

  function test(device: string): void {
    status.textContent = tell('loading')
    run(async () => {
      const { outcome, reason } = await center.call<Tested>('POST', '/api/push/test', { device })
      const why = kit.cleanLine(reason ?? outcome, 200)
      status.textContent = outcome === 'delivered' ? tell('tested') : tell('testFailed', { reason: why })
      readOthers()
    })
  }

  function run(deed: () => Promise<unknown>): void {
    kit.attempt(async () => {
      try {
        await deed()
      } catch (error) {
        status.textContent = ''
        throw error
      }
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
