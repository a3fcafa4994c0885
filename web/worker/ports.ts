import type { Box } from '../shared/box.ts'
import type { ClickMessage, PushNews } from '../shared/messages.ts'
import type { PushPort } from '../shared/push-port.ts'

/** What the worker's decisions need of a browser. `open-ports.ts` makes it of a real one, tests of anything. */
export interface Ports {
  /** Of the site whose worker this is. */
  readonly origin: string
  readonly version: string
  /** Of the browser, as `ru-RU`. */
  readonly language: string
  /** Buttons that a notification can have here. */
  readonly maxActions: number
  readonly box: Box
  now(): number
  wait(ms: number): Promise<void>
  /** Rejects where it may not, and for options that this browser does not take. */
  show(title: string, options: NoticeOptions): Promise<void>
  /** Notifications of this worker that are on the screen. */
  notices(): Promise<readonly ShownNotice[]>
  /**
   * Events whose notifications this worker closed itself, or whose click it heard: browsers and desktops tell of those as
   * closed too, and nobody put them away.
   */
  readonly dealtWith: Set<string>
  /** Open windows and tabs of the site; `controlled`: those alone that the worker may lead elsewhere. */
  pages(controlled: boolean): Promise<readonly SitePage[]>
  /** What the page answers; null when it says nothing in time. */
  ask(page: SitePage, message: ClickMessage, ms: number): Promise<unknown>
  openPage(url: string): Promise<unknown>
  /** Does nothing where an app has no badge. */
  setBadge(count: number): Promise<void>
  /** All open pages hear it. */
  tell(news: PushNews): void
  /** One request to the agent. Never rejects: no answer is status 0. */
  request(method: 'GET' | 'POST' | 'DELETE', url: string, body?: unknown): Promise<Reply>
  readonly push: PushPort
  /** The browser wakes the worker when there is a network again, where it can. */
  wakeOnline(): Promise<void>
}

export interface Reply {
  readonly status: number
  /** What was read of a JSON body; null for none. */
  readonly body: unknown
}

/** As `showNotification` takes them; more than TypeScript knows of, and browsers pass over what they do not. */
export interface NoticeOptions {
  readonly body?: string
  readonly tag?: string
  readonly lang?: string
  readonly dir?: 'auto' | 'ltr' | 'rtl'
  readonly icon?: string
  readonly badge?: string
  readonly image?: string
  readonly timestamp?: number
  readonly silent?: boolean
  readonly renotify?: boolean
  readonly requireInteraction?: boolean
  readonly actions?: readonly NoticeAction[]
  readonly data?: unknown
  /** Safari takes no answer to a declarative push without it, and follows it itself. */
  readonly navigate?: string
}

export interface NoticeAction {
  readonly action: string
  readonly title: string
}

/** A notification that stands on the screen. */
export interface ShownNotice {
  readonly tag: string
  readonly data: unknown
  close(): void
}

export interface SitePage {
  readonly id: string
  readonly url: string
  readonly focused: boolean
  readonly visible: boolean
  focus(): Promise<unknown>
  /** Null or a rejection: it did not go there. */
  navigate(url: string): Promise<unknown>
}
