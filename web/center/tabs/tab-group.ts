import type { PageClock } from '../page-clock.ts'
import type { PageChannel, PageLocks } from '../world.ts'
import { isTabMessage, type TabMessage } from './tab-message.ts'

export interface TabGroupOptions {
  /** Tabs of one browser with the same name belong together. */
  readonly name: string
  /** Of this tab. */
  readonly tab: string
  /** Null where the browser has none; then each tab is alone. */
  readonly locks: PageLocks | null
  readonly openChannel: ((name: string) => PageChannel) | null
  readonly clock: PageClock
  /** This tab leads from now on. */
  readonly lead: () => void
  /** It does so no longer: another tab found it silent, and took over. */
  readonly follow: () => void
  readonly hear: (message: TabMessage) => void
}

const TAB_TIMES = {
  /** How often a tab that is looked at listens whether the leader is still there. */
  listenMs: 10_000,
  /** Longer than the agent's pings are apart: the leader hands them on. */
  silenceMs: 35_000,
  /** A leader that was asked answers within this time, or is frozen. */
  answerMs: 5_000,
} as const

/**
 * The tabs of one browser, of which one leads. A lock says which: the browser hands it on when its holder is closed or
 * crashes. A tab that the browser has frozen keeps it, though, and does nothing; so a tab that is looked at and hears
 * nothing asks, and takes the lock away when there is no answer.
 */
export class TabGroup {
  readonly #options: TabGroupOptions
  readonly #left = new AbortController()
  readonly #ends = new Set<AbortController>()
  #waiting: AbortController | null = null
  #channel: PageChannel | null = null
  #isLeader = false
  #resign: (() => void) | null = null
  #heardAt: number
  #watch: { cancel(): void } | null = null
  #isWatching = false

  constructor(options: TabGroupOptions) {
    this.#options = options
    this.#heardAt = options.clock.monotonic()
  }

  get isLeader(): boolean {
    return this.#isLeader
  }

  join(): void {
    const { name, tab, locks, openChannel } = this.#options
    if (locks === null || openChannel === null) return this.#lead()
    this.#channel = openChannel(name)
    this.#channel.addEventListener('message', ({ data }) => this.#hear(data))
    // Held for life, so that others notice the end of it.
    void locks.request(lifeOf(name, tab), { signal: this.#left.signal }, () => this.#whenLeft()).catch(ignore)
    this.#stand()
  }

  /** Tells all other tabs. */
  post(message: TabMessage): void {
    if (!this.#left.signal.aborted) this.#channel?.postMessage(message)
  }

  /** Calls `gone` when another tab has been closed, or crashed; returns how not to. */
  onEnd(tab: string, gone: () => void): () => void {
    const { name, locks } = this.#options
    const over = new AbortController()
    this.#ends.add(over)
    const { signal } = over
    void locks?.request(lifeOf(name, tab), { signal }, () => signal.aborted || gone()).catch(ignore)
    return () => {
      over.abort()
      this.#ends.delete(over)
    }
  }

  /** Whether somebody looks at this tab: then it must not be without a leader. */
  watch(isWatching: boolean): void {
    const begins = isWatching && !this.#isWatching
    this.#isWatching = isWatching
    if (begins) this.#ask()
    else if (!isWatching) this.#watch?.cancel()
  }

  leave(): void {
    this.#watch?.cancel()
    this.#left.abort()
    this.#waiting?.abort()
    for (const end of this.#ends) end.abort()
    this.#resign?.()
    this.#channel?.close()
    this.#channel = null
    this.#isLeader = false
  }

  /** Waits for the lock; `steal` takes it away from a leader that does not answer. */
  #stand(steal = false): void {
    const { name, locks } = this.#options
    this.#waiting?.abort()
    const waiting = new AbortController()
    this.#waiting = waiting
    locks
      ?.request(name, steal ? { steal } : { signal: waiting.signal }, () => {
        if (this.#waiting !== waiting || this.#left.signal.aborted) return
        const held = new Promise<void>(resolve => (this.#resign = resolve))
        this.#lead()
        return held
      })
      .catch(() => {
        if (this.#waiting === waiting) this.#lost()
      })
  }

  #lead(): void {
    this.#isLeader = true
    this.#watch?.cancel()
    this.post({ k: 'lead' })
    this.#options.lead()
  }

  /** The lock was taken away. */
  #lost(): void {
    if (this.#left.signal.aborted) return
    const led = this.#isLeader
    this.#isLeader = false
    this.#heardAt = this.#options.clock.monotonic()
    if (led) this.#options.follow()
    this.#stand()
    this.#listen()
  }

  #hear(data: unknown): void {
    if (!isTabMessage(data)) return
    if (FROM_LEADER.has(data.k)) this.#heardAt = this.#options.clock.monotonic()
    this.#options.hear(data)
  }

  #listen(): void {
    this.#watch?.cancel()
    if (this.#isLeader || !this.#isWatching || this.#left.signal.aborted) return
    this.#watch = this.#options.clock.setTimer(() => {
      const silence = this.#options.clock.monotonic() - this.#heardAt
      if (silence > TAB_TIMES.silenceMs) this.#ask()
      else this.#listen()
    }, TAB_TIMES.listenMs)
  }

  #ask(): void {
    this.#watch?.cancel()
    if (this.#isLeader || this.#channel === null) return
    const { clock, tab } = this.#options
    const askedAt = clock.monotonic()
    this.post({ k: 'ask', from: tab })
    this.#watch = clock.setTimer(() => {
      if (this.#heardAt < askedAt && !this.#isLeader) this.#stand(true)
      this.#listen()
    }, TAB_TIMES.answerMs)
  }

  #whenLeft(): Promise<void> {
    return new Promise(resolve => this.#left.signal.addEventListener('abort', () => resolve()))
  }
}

const FROM_LEADER = new Set<TabMessage['k']>(['here', 'lead', 'frames', 'status'])

function lifeOf(name: string, tab: string): string {
  return `${name} ${tab}`
}

/** A wait for a lock that was given up. */
function ignore(): void {}
