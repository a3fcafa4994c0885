import { readClick, readPendingClick, type ClickAnswer } from '../shared/messages.ts'
import type { DeskPorts } from './desk-ports.ts'
import type { PushClick, PushDesk } from './push-desk.ts'

/** A click that opened a page is no more than a moment old when the page looks. */
const FRESH_MS = 60_000

/** Clicks on notifications that lead to this page; the one that opened it waits until somebody listens. */
export function hearClicks(
  { box, now }: Pick<DeskPorts, 'box' | 'now'>,
  signal: AbortSignal,
): { readonly add: PushDesk['onClick'] } {
  const listeners = new Set<(click: PushClick) => boolean | void>()
  let pending: PushClick | null = null

  function hear(click: PushClick): boolean {
    return [...listeners].map(listener => listener(click)).includes(true)
  }

  async function readPending(): Promise<void> {
    const click = readPendingClick(await box.read('click').catch(() => null))
    if (click === null) return
    await box.change('click', () => undefined).catch(() => {})
    if (now() - click.at > FRESH_MS || signal.aborted) return
    const { event, url } = click
    if (listeners.size === 0) pending = { event, url }
    else hear({ event, url })
  }

  if ('serviceWorker' in navigator) {
    const { serviceWorker } = navigator
    serviceWorker.addEventListener(
      'message',
      ({ data, ports }) => {
        const click = readClick(data)
        if (click === null) return
        const answer: ClickAnswer = { ec: hear({ event: click.event, url: click.url }) ? 'taken' : 'heard' }
        ports[0]?.postMessage(answer)
      },
      { signal },
    )
    serviceWorker.startMessages()
    void readPending()
  }

  return {
    add(listener) {
      listeners.add(listener)
      if (pending !== null) listener(pending)
      pending = null
      return () => void listeners.delete(listener)
    },
  }
}
