import type { PageClock } from './page-clock.ts'

/** What the center needs of the browser, so that its timing and faults can be tried without one. */
export interface World {
  readonly clock: PageClock
  /** In [0, 1). */
  readonly random: () => number
  readonly fetch: typeof fetch
  readonly openSocket: (url: string, protocol: string) => PageSocket
  /** Null where there is none, as on pages without https. */
  readonly locks: PageLocks | null
  readonly openChannel: ((name: string) => PageChannel) | null
  /** Throws where storage is forbidden. */
  readonly storage: () => KeptTexts
  readonly page: WorldPage
}

/** The page, as a person sees it. */
export interface WorldPage {
  look(): { readonly visible: boolean; readonly focused: boolean }
  /** Returns how to stop. */
  listen(listener: PageListener): () => void
}

export interface PageListener {
  /** It is seen, or has the focus, or no longer. */
  changed(): void
  /** Somebody touches it. */
  used(): void
  /** The network is back. */
  online(): void
  /** It is left, for good or to be brought back as it was. */
  hidden(): void
  /** It was brought back. */
  shown(): void
}

/** What is used of a `WebSocket`. */
export interface PageSocket {
  readonly readyState: number
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void
  send(text: string): void
  close(): void
}

/** What is used of a `LockManager`. */
export interface PageLocks {
  request(
    name: string,
    how: { readonly steal: true } | { readonly signal: AbortSignal },
    held: () => unknown,
  ): Promise<unknown>
}

/** What is used of a `BroadcastChannel`. */
export interface PageChannel {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  postMessage(message: unknown): void
  close(): void
}

/** What is used of a `Storage`. */
export interface KeptTexts {
  getItem(key: string): string | null
  setItem(key: string, text: string): void
}
