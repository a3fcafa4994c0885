import { createPageClock, type PageClock } from './page-clock.ts'

/** What the center needs of the browser, so that its timing and faults can be tried without one. */
export interface World {
  readonly clock: PageClock
  /** In [0, 1). */
  readonly random: () => number
  readonly fetch: typeof fetch
  readonly openSocket: (url: string, protocol: string) => WebSocket
  /** Calls `listener` whenever the network comes back or the page is shown; returns how to stop. */
  readonly onReturn: (listener: () => void) => () => void
}

export function createBrowserWorld(): World {
  return {
    clock: createPageClock(),
    random: () => Math.random(),
    fetch: (input, init) => fetch(input, init),
    openSocket: (url, protocol) => new WebSocket(url, protocol),
    onReturn(listener) {
      const look = () => {
        if (document.visibilityState === 'visible') listener()
      }
      addEventListener('online', listener)
      document.addEventListener('visibilitychange', look)
      return () => {
        removeEventListener('online', listener)
        document.removeEventListener('visibilitychange', look)
      }
    },
  }
}
