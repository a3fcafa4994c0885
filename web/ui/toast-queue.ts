/** What is to be shown in a corner of the page. `stays`: until the person closes it. */
export interface QueuedToast {
  readonly key: string
  readonly stays: boolean
}

export interface ToastQueue {
  readonly shown: readonly QueuedToast[]
  /** Those that stay and have no room yet. */
  readonly waiting: readonly QueuedToast[]
  /** How many are only counted. */
  readonly more: number
}

/** More at once is not read. */
const MAX_SHOWN = 3
/** Beyond these they stand in the history alone. */
const MAX_WAITING = 20

export const NO_TOASTS: ToastQueue = { shown: [], waiting: [], more: 0 }

/** What stays takes the place of what would have gone by itself; what finds no room is counted. Pure. */
export function addToast(queue: ToastQueue, toast: QueuedToast): ToastQueue {
  const { shown, waiting, more } = queue
  if (shown.some(({ key }) => key === toast.key)) {
    return { ...queue, shown: shown.map(old => (old.key === toast.key ? toast : old)) }
  }
  if (waiting.some(({ key }) => key === toast.key)) return queue
  if (shown.length < MAX_SHOWN) return { ...queue, shown: [...shown, toast] }
  if (!toast.stays) return { ...queue, more: more + 1 }
  const passing = shown.find(({ stays }) => !stays)
  if (passing !== undefined) {
    return { ...queue, shown: [...shown.filter(old => old !== passing), toast], more: more + 1 }
  }
  return waiting.length < MAX_WAITING ? { ...queue, waiting: [...waiting, toast] } : { ...queue, more: more + 1 }
}

/** Takes one away; the next that waits takes its place. With the last one the count goes too. Pure. */
export function dropToast(queue: ToastQueue, key: string): ToastQueue {
  const shown = queue.shown.filter(toast => toast.key !== key)
  const waiting = queue.waiting.filter(toast => toast.key !== key)
  const room = MAX_SHOWN - shown.length
  const next = { ...queue, shown: [...shown, ...waiting.slice(0, room)], waiting: waiting.slice(room) }
  return next.shown.length === 0 ? NO_TOASTS : next
}
