import type { EcEvent } from '../../src/core/event.ts'
import type { Json } from '../../src/core/json.ts'
import type { Preferences, PreferencesPatch } from '../../src/core/preferences.ts'

export interface CenterOptions {
  /** Of the agent. None = where this module was loaded from. */
  readonly url?: string
  /**
   * A user token, or how to get a fresh one; asked again when the agent no longer takes the last. None = the session
   * cookie, which the agent's own pages have.
   */
  readonly token?: string | (() => string | Promise<string>)
  /** The service worker of the site; none = `/sw.js` on the agent's own pages, and no push elsewhere. */
  readonly worker?: string
  /**
   * What becomes of the connection when no tab has been seen for a minute. `leave` (the default): it is closed, so that
   * push takes over, and comes back at once with the next look. `stay`: for pages that are heard in the background.
   */
  readonly hidden?: 'leave' | 'stay'
}

/**
 * What one person is told, in one page: the state of the inbox, and what to do with it. Everything works without the
 * default UI. All tabs of a browser share one connection, and what one of them does is seen in all.
 */
export interface NotificationCenter {
  readonly state: CenterState
  /** Hears of each new state; states are never changed in place. Returns how to stop. */
  subscribe(listener: (state: CenterState) => void): () => void
  /**
   * Hears of events of a type (`task.*` and `*` too) that happen now, in every tab; never of those that are replayed.
   * A handler that answers true has shown it: the default UI does not.
   */
  on(type: string, handler: (event: EcEvent) => boolean | void): () => void
  /**
   * Hears of what this tab is to announce (a toast): one tab of a browser does, the one that was used last. Never of
   * progress, of what is replayed, of what a handler of `on` has shown, and of the thread that is open in sight.
   */
  onAnnounce(listener: (event: EcEvent) => void): () => void
  /** Reads older history into `state.items`; false when there is no more. */
  loadMore(): Promise<boolean>
  /** They resolve when the agent has it; the state shows it at once, and no longer when the agent refuses. */
  markSeen(ids: readonly string[]): Promise<void>
  markRead(ids: readonly string[]): Promise<void>
  markUnread(ids: readonly string[]): Promise<void>
  markAllRead(): Promise<void>
  archive(ids: readonly string[]): Promise<void>
  unarchive(ids: readonly string[]): Promise<void>
  /** `until` in ms since 1970. */
  snooze(id: string, until: number): Promise<void>
  /** Rejects with a `CenterError`: `EC_CONFLICT` when another answer came first, `EC_QUESTION_CLOSED` ... */
  answer(question: string, option: string, input?: string): Promise<void>
  /** "While you were away" is dealt with. */
  welcomeBack(): void
  getPreferences(): Promise<Preferences>
  putPreferences(patch: PreferencesPatch): Promise<Preferences>
  /** What the person looks at: a thread that is open here is not announced. */
  setThread(thread: string | null): void
  /** One request to the agent's API, signed in as this page is. Rejects with a `CenterError`. */
  call<Answer = Json>(method: string, path: string, body?: unknown): Promise<Answer>
  close(): void
}

export interface CenterState {
  /** Null until the agent has said who this is. */
  readonly user: string | null
  /** `signed-out`: the cookie or token is no longer good, and nothing but another will help. */
  readonly connection: 'connecting' | 'live' | 'offline' | 'signed-out'
  readonly transport: 'ws' | 'sse' | null
  readonly unread: { readonly total: number; readonly action: number }
  /** Newest first: what was loaded, without progress and what was retracted. */
  readonly items: readonly Item[]
  /** There is no older history than `items`. */
  readonly complete: boolean
  /** Jobs that go on now. */
  readonly progress: readonly EcEvent[]
  /** How many events came while nobody was connected; 0 once dealt with. */
  readonly away: number
}

export interface Item {
  readonly seq: number
  readonly event: EcEvent
  readonly seen: boolean
  readonly read: boolean
  readonly archived: boolean
  /** ms since 1970. */
  readonly snoozedUntil: number | null
  /** Of an `action.required`. */
  readonly question: ItemQuestion | null
}

export interface ItemQuestion {
  readonly id: string
  readonly state: 'open' | 'answered' | 'expired' | 'cancelled'
  /** The option's id. */
  readonly answer: string | null
}
