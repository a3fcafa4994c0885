import type { CenterState, NotificationCenter } from '../center/center.ts'
import type { PushDesk } from '../push/push-desk.ts'
import type { Language } from '../words/language.ts'
import { createAnnouncer } from './announcer.ts'
import { createBell } from './bell.ts'
import { createDrawer } from './drawer.ts'
import { h } from './h.ts'
import { createKit, type NoteAction } from './kit.ts'
import { createLoadLater } from './load-later.ts'
import { createProgressBars } from './progress-bars.ts'
import { createQuestions } from './questions.ts'
import { createToasts } from './toasts.ts'

/** `page`: the history is the page. `none`: whoever opens the drawer has a bell of his own. */
export const VIEWS = ['bell', 'page', 'none'] as const
export type View = (typeof VIEWS)[number]

/** What is to be shown at once: as a push notification names it. */
export interface Target {
  readonly event?: string | null
  readonly question?: string | null
}

export interface DefaultUiOptions {
  readonly center: NotificationCenter
  readonly desk: Promise<PushDesk | null>
  readonly lang: Language
  readonly view: View
}

/** Everything that a person sees of the notification center, in one shadow root. */
export interface DefaultUi {
  open(target?: Target): void
  close(): void
}

const MOST_BARS = 2
const WRITTEN_IN =
  'input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, [contenteditable]:not([contenteditable=false])'
/** After the page's own beginning. */
const IDLE_MS = 3_000

export function createDefaultUi(root: ShadowRoot, { center, desk, lang, view }: DefaultUiOptions): DefaultUi {
  const kit = createKit({ root, center, desk, lang, note })
  const load = createLoadLater()
  const wrap = h('div', { class: 'ec', 'data-view': view, lang })
  const toasts = createToasts(kit, () => drawer.open(), refuge)
  const questions = createQuestions(kit, wrap, load, isOpen => toasts.hold(isOpen))
  const bell = view === 'bell' ? createBell(kit, () => drawer.toggle()) : null
  const bars = createProgressBars(kit, toasts.bars, MOST_BARS, true)
  const drawer = createDrawer(kit, view, load, {
    ontoggle,
    onask: item => void questions.ask(item, () => true),
    refuge,
  })
  const announcer = createAnnouncer(kit, { toasts, questions }, mayDisturb, () => drawer.open())
  let isOffered = false
  let isClosed = false

  wrap.append(...(bell === null ? [] : [bell.element]), drawer.element, toasts.element)
  root.replaceChildren(wrap)
  update(center.state)
  const ends = [
    center.subscribe(update),
    center.onAnnounce(event => {
      announcer.announce(event)
      // The offer can be made another time.
      if (event.type === 'job.done' || event.type === 'action.required') offerPush().catch(() => {})
    }),
  ]
  if (view === 'page') drawer.open()
  void desk.then(meetDesk)
  // So that a question need not wait for it.
  const idle = setTimeout(() => load().catch(() => {}), IDLE_MS)

  function update(state: CenterState): void {
    bell?.update(state.unread.total)
    announcer.update(state)
    drawer.update(state)
    // The history shows the running jobs itself.
    bars.update(drawer.isOpen ? [] : state.progress)
    toasts.settle()
  }

  function ontoggle(isOpen: boolean): void {
    bell?.expand(isOpen)
    if (isOpen) {
      center.welcomeBack()
      toasts.clear()
    }
    update(center.state)
  }

  /** Somebody who writes must not find that a question swallowed half a word. */
  function mayDisturb(): boolean {
    if (drawer.isOpen && view !== 'page') return false
    return (
      activeElement()?.matches(WRITTEN_IN) !== true &&
      (questions.isOpen || document.querySelector('dialog:modal') === null)
    )
  }

  function refuge(): HTMLElement | null {
    return bell?.element ?? drawer.heading()
  }

  function note(text: string, action?: NoteAction): void {
    // The same twice is one.
    const key = `note:${text}`
    function act(): void {
      toasts.drop(key)
      action?.run()
    }
    const button =
      action === undefined
        ? null
        : h('div', { class: 'actions' }, h('button', { type: 'button', class: 'button', onclick: act }, action.label))
    toasts.show({ key, content: [h('p', {}, text), button] })
  }

  /** Pushes are offered once a page, when they would have been of use. */
  async function offerPush(): Promise<void> {
    const here = await desk
    if (isOffered || here?.mayAsk() !== true) return
    isOffered = true
    const { offerPush } = await load()
    offerPush(kit, here, toasts)
  }

  function meetDesk(here: PushDesk | null): void {
    if (here === null || isClosed) return
    here.reconcile().catch(() => {})
    ends.push(
      here.onClick(({ event, url }) => {
        const { origin, pathname } = new URL(url, location.href)
        // A click that leads elsewhere goes there.
        if (event === null || origin !== location.origin || pathname !== location.pathname) return false
        drawer.open({ event })
        return true
      }),
    )
  }

  return {
    open: target => drawer.open(target),
    close() {
      isClosed = true
      clearTimeout(idle)
      for (const end of ends) end()
      drawer.close()
      questions.close()
      toasts.close()
      root.replaceChildren()
    },
  }
}

/** The element with the focus, inside of shadow roots too. */
function activeElement(): Element | null {
  let active = document.activeElement
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
  return active
}
