import type { CenterState, NotificationCenter } from '../center/center.ts'
import type { PushDesk } from '../push/push-desk.ts'
import type { Language } from '../words/language.ts'
import { createAnnouncer } from './announcer.ts'
import { createBell } from './bell.ts'
import { createDrawer } from './drawer.ts'
import { h } from './h.ts'
import { createKit, type NoteAction } from './kit.ts'
import { createProgressBars } from './progress-bars.ts'
import { createQuestionDialog } from './question-dialog.ts'
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
  readonly desk: PushDesk | null
  readonly lang: Language
  readonly view: View
}

/** Everything that a person sees of the notification center, in one shadow root. */
export interface DefaultUi {
  open(target?: Target): void
  close(): void
}

const MOST_BARS = 2

export function createDefaultUi(root: ShadowRoot, { center, desk, lang, view }: DefaultUiOptions): DefaultUi {
  const kit = createKit({ root, center, desk, lang, note })
  const toasts = createToasts(kit, () => drawer.open(), refuge)
  const dialog = createQuestionDialog(kit, () => toasts.hold(false))
  const drawer = createDrawer(kit, view, {
    ontoggle: isOpen => {
      bell?.expand(isOpen)
      if (isOpen) {
        center.welcomeBack()
        toasts.clear()
      }
      update(center.state)
    },
    refuge,
  })
  const bell = view === 'bell' ? createBell(kit, () => drawer.toggle()) : null
  const bars = createProgressBars(kit, toasts.bars, MOST_BARS, true)
  const announcer = createAnnouncer(kit, { toasts, dialog }, mayAsk, () => drawer.open())
  const offer = desk === null ? null : createOffer()
  const wrap = h(
    'div',
    { class: 'ec', 'data-view': view, lang },
    bell?.element ?? null,
    drawer.element,
    toasts.element,
    dialog.element,
  )

  root.replaceChildren(wrap)
  update(center.state)
  const ends = [
    center.subscribe(update),
    center.onAnnounce(event => {
      announcer.announce(event)
      if (event.type === 'job.done' || event.type === 'action.required') offer?.()
    }),
  ]
  if (view === 'page') drawer.open()
  desk?.reconcile().catch(() => {})

  function update(state: CenterState): void {
    bell?.update(state.unread.total)
    announcer.update(state)
    drawer.update(state)
    // The history shows the running jobs itself.
    bars.update(drawer.isOpen ? [] : state.progress)
    toasts.settle()
  }

  /** Somebody who writes must not find that a question swallowed half a word. */
  function mayAsk(): boolean {
    if (drawer.isOpen && view !== 'page') return false
    const active = activeElement()
    const writes = active?.matches('input, textarea, select, [contenteditable]:not([contenteditable=false])') === true
    return !writes && (dialog.isOpen || document.querySelector('dialog:modal') === null)
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
      action === undefined ? null : h('button', { type: 'button', class: 'button', onclick: act }, action.label)
    toasts.show({ key, content: [h('p', {}, text), button === null ? null : h('div', { class: 'actions' }, button)] })
  }

  /** Pushes are offered once a page, when they would have been of use. */
  function createOffer(): () => void {
    let isMade = false
    return function offer() {
      if (isMade || desk?.mayAsk() !== true) return
      isMade = true
      drawer
        .load()
        .then(({ offerPush }) => offerPush(kit, toasts))
        .catch(kit.fail)
    }
  }

  return {
    open: target => drawer.open(target, item => dialog.ask(item)),
    close() {
      for (const end of ends) end()
      drawer.close()
      dialog.close()
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
