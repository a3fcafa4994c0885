import { createPageClock } from './page-clock.ts'
import type { PageListener, World } from './world.ts'

/** The browser that this page is in. */
export function createBrowserWorld(): World {
  return {
    clock: createPageClock(),
    random: () => Math.random(),
    fetch: (input, init) => fetch(input, init),
    openSocket: (url, protocol) => new WebSocket(url, protocol),
    locks: 'locks' in navigator ? navigator.locks : null,
    openChannel: typeof BroadcastChannel === 'function' ? name => new BroadcastChannel(name) : null,
    storage: () => localStorage,
    page: {
      look: () => ({ visible: document.visibilityState === 'visible', focused: document.hasFocus() }),
      listen,
    },
  }
}

function listen({ changed, used, online, hidden, shown }: PageListener): () => void {
  const over = new AbortController()
  const how = { signal: over.signal, capture: true, passive: true }
  document.addEventListener('visibilitychange', changed, how)
  for (const name of ['focus', 'blur']) addEventListener(name, ({ target }) => target === window && changed(), how)
  for (const name of ['pointerdown', 'keydown']) addEventListener(name, used, how)
  addEventListener('online', online, how)
  addEventListener('pagehide', hidden, how)
  addEventListener('pageshow', ({ persisted }) => persisted && shown(), how)
  return () => over.abort()
}
