import { h } from './h.ts'
import { icon } from './icon.ts'
import type { Kit } from './kit.ts'
import { lower, raise } from './layer.ts'
import { addToast, dropToast, NO_TOASTS, type QueuedToast, type ToastQueue } from './toast-queue.ts'

export interface Toast {
  /** The same key again takes the place of the old one. */
  readonly key: string
  readonly content: readonly (Node | null)[]
  /** Read out at once, whatever is being read. */
  readonly isUrgent?: boolean
  /** Until the person closes it. */
  readonly stays?: boolean
  /** The person did something while it was to be seen. */
  readonly onseen?: () => void
  readonly onclose?: () => void
}

/** The corner in which the page tells what happens. */
export interface Toasts {
  readonly element: HTMLElement
  /** Where the bars of running jobs stand. */
  readonly bars: HTMLElement
  show(toast: Toast): void
  drop(key: string): void
  /** Takes away what would go by itself: the person has opened where it all stands. */
  clear(): void
  /** While something lies over the page nobody would hear or reach a toast. */
  hold(held: boolean): void
  /** Whether there is anything in the corner; its owner calls it after a change of `bars`. */
  settle(): void
  close(): void
}

interface Card {
  readonly toast: Toast
  readonly element: HTMLElement
  /** How long it is still shown, in ms. */
  left: number
}

const TICK_MS = 250
const LEAST_MS = 7_000
const MOST_MS = 15_000
/** A slow reader's. */
const MS_PER_CHARACTER = 60

/** `onmore`: the person wants to see the rest. `refuge`: where the focus goes when what had it is gone. */
export function createToasts(kit: Kit, onmore: () => void, refuge: () => HTMLElement | null): Toasts {
  const { say } = kit
  // They stand there before there is something to say: only then it is read out.
  const alerts = h('div', { class: 'stack', role: 'alert', 'aria-atomic': 'false' })
  const statuses = h('div', { class: 'stack', role: 'status', 'aria-atomic': 'false' })
  const bars = h('div', { class: 'stack' })
  const more = h('button', { type: 'button', class: 'button more', onclick: showMore, hidden: true })
  const element = h(
    'section',
    { class: 'toasts', 'aria-label': say('notifications'), onkeydown, onfocusin },
    bars,
    alerts,
    statuses,
    more,
  )
  const cards = new Map<string, Card>()
  let queue: ToastQueue = NO_TOASTS
  let held: Toast[] = []
  let isHeld = false
  let isClosed = false
  let cameFrom: HTMLElement | null = null
  let ticking: ReturnType<typeof setInterval> | null = null
  const signs = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const
  for (const sign of signs) addEventListener(sign, noticed, { passive: true })

  function show(toast: Toast): void {
    // Somebody may still have something to say when the page is rid of it all.
    if (isClosed) return
    if (isHeld) {
      held = [...held.filter(({ key }) => key !== toast.key), toast].slice(-MAX_HELD)
      return
    }
    const old = cards.get(toast.key)
    const card = { toast, element: draw(toast), left: timeOf(toast) }
    cards.set(toast.key, card)
    if (old?.element.isConnected === true) old.element.replaceWith(card.element)
    take(addToast(queue, { key: toast.key, stays: toast.stays ?? false }))
  }

  function drop(key: string): void {
    held = held.filter(toast => toast.key !== key)
    take(dropToast(queue, key))
  }

  /** Shows what the queue says, and forgets what it has let go. */
  function take(next: ToastQueue): void {
    const before = queue
    queue = next
    const kept = new Set([...next.shown, ...next.waiting].map(({ key }) => key))
    const hadFocus = element.matches(':focus-within')
    for (const [key, card] of cards) {
      if (kept.has(key)) continue
      card.element.remove()
      cards.delete(key)
    }
    for (const { key } of next.shown) place(key, before.shown)
    more.hidden = next.more === 0
    more.textContent = say('more', { n: next.more })
    settle()
    if (hadFocus && !element.matches(':focus-within')) moveFocus()
  }

  function place(key: string, before: readonly QueuedToast[]): void {
    const card = cards.get(key)
    if (card === undefined || card.element.isConnected) return
    const stack = card.toast.isUrgent === true ? alerts : statuses
    stack.append(card.element)
    if (!isHeld && !before.some(old => old.key === key)) raise(element, true)
  }

  function settle(): void {
    const isEmpty = queue.shown.length === 0 && bars.childElementCount === 0
    if (isEmpty) lower(element)
    // What lies over the page lies over these too.
    else if (!isHeld) raise(element, false)
    if (queue.shown.length > 0) ticking ??= setInterval(tick, TICK_MS)
    else stopTicking()
  }

  function stopTicking(): void {
    if (ticking !== null) clearInterval(ticking)
    ticking = null
  }

  /** Time stands still while somebody reads or reaches for one, and while nobody looks. */
  function tick(): void {
    if (document.hidden || element.matches(':hover, :focus-within')) return
    for (const { key } of queue.shown) {
      const card = cards.get(key)
      if (card === undefined) continue
      card.left -= TICK_MS
      if (card.left <= 0) shut(key)
    }
  }

  function shut(key: string): void {
    const card = cards.get(key)
    drop(key)
    card?.toast.onclose?.()
  }

  function draw(toast: Toast): HTMLElement {
    function close(): void {
      toast.onseen?.()
      shut(toast.key)
    }
    return h(
      'div',
      { class: 'toast', 'data-key': toast.key },
      h('div', { class: 'said' }, ...toast.content),
      h('button', { type: 'button', class: 'quiet', 'aria-label': say('close'), onclick: close }, icon('close')),
    )
  }

  function noticed(): void {
    if (document.hidden || cards.size === 0) return
    for (const { key } of queue.shown) cards.get(key)?.toast.onseen?.()
  }

  function onfocusin(event: Event): void {
    const from = event instanceof FocusEvent ? event.relatedTarget : null
    if (from instanceof HTMLElement && !element.contains(from)) cameFrom = from
  }

  function onkeydown(event: Event): void {
    if (!(event instanceof KeyboardEvent) || event.key !== 'Escape') return
    const { target } = event
    const key = target instanceof Element ? target.closest('[data-key]')?.getAttribute('data-key') : null
    if (typeof key === 'string') shut(key)
  }

  function moveFocus(): void {
    const next = element.querySelector<HTMLElement>('.toast button')
    const back = cameFrom?.isConnected === true ? cameFrom : refuge()
    ;(next ?? back)?.focus()
  }

  function clear(): void {
    for (const { key, stays } of queue.shown) if (!stays) drop(key)
    take({ ...queue, more: 0 })
  }

  function showMore(): void {
    clear()
    onmore()
  }

  return {
    element,
    bars,
    show,
    drop,
    clear,
    settle,
    hold(now) {
      isHeld = now
      if (now) return
      const due = held
      held = []
      for (const toast of due) show(toast)
    },
    close() {
      isClosed = true
      stopTicking()
      for (const sign of signs) removeEventListener(sign, noticed)
    },
  }
}

const MAX_HELD = 20

function timeOf({ stays, content }: Toast): number {
  if (stays === true) return Number.POSITIVE_INFINITY
  const length = content.reduce((sum, part) => sum + (part?.textContent?.length ?? 0), 0)
  return Math.min(MOST_MS, Math.max(LEAST_MS, length * MS_PER_CHARACTER))
}
