import type { EcEvent } from '../../src/core/event.ts'
import type { StreamCursor } from '../../src/core/stream-cursor.ts'
import type { AgentApi } from './agent-api.ts'
import { CursorStore } from './cursor-store.ts'
import { History } from './history.ts'
import { Inbox, type Shown } from './inbox/inbox.ts'
import { Leader } from './leader.ts'
import { Marks } from './marks.ts'
import type { ServerFrame } from './stream/frame.ts'
import type { StreamStatus } from './stream/stream-keeper.ts'
import type { Look } from './tabs/look.ts'
import { TabGroup } from './tabs/tab-group.ts'
import type { TabMessage } from './tabs/tab-message.ts'
import { Upkeep } from './upkeep.ts'
import type { World } from './world.ts'

export interface SessionOptions {
  readonly user: string
  /** Of the agent; ends in a slash. */
  readonly url: string
  readonly api: AgentApi
  readonly world: World
  /** Whether the stream is held while no tab has been seen for a while. */
  readonly staysHidden: boolean
  readonly changed: () => void
  /** An event happens now; `isAnnouncer`: this tab is the one to announce it. */
  readonly happened: (event: EcEvent, isAnnouncer: boolean) => void
  /** The cookie or token is somebody else's by now. */
  readonly userChanged: () => void
}

/** How often use of a page is told to the other tabs at most. */
const TELL_USE_MS = 2_000

/**
 * One person in one tab. The tab that leads holds the stream and hands on what comes; each tab keeps an inbox of its own
 * from that, and speaks plain HTTP with the agent for what its person does.
 */
export class Session {
  readonly marks: Marks
  readonly #options: SessionOptions
  readonly #tab = Math.random().toString(36).slice(2)
  readonly #inbox = new Inbox()
  readonly #history: History
  readonly #upkeep: Upkeep
  readonly #group: TabGroup
  readonly #leader: Leader
  #status: StreamStatus = { connection: 'connecting', transport: null }
  #thread: string | null = null
  #usedAt: number
  #toldUseAt = 0
  #isOver = false

  constructor(options: SessionOptions) {
    this.#options = options
    const { user, url, api, world, staysHidden } = options
    const { clock, random, locks, openChannel } = world
    const inbox = this.#inbox
    const changed = () => this.#changed()
    this.#usedAt = clock.now()
    this.#history = new History(api, inbox, () => api.now())
    this.marks = new Marks(api, inbox, changed)
    this.#upkeep = new Upkeep({ inbox, history: this.#history, api, clock, random, changed })
    this.#group = new TabGroup({
      name: `ec1 ${url} ${user}`,
      tab: this.#tab,
      locks,
      openChannel,
      clock,
      lead: () => this.#leader.start(this.#look()),
      follow: () => this.#follow(),
      hear: message => this.#hearTab(message),
    })
    this.#leader = new Leader({
      url,
      api,
      world,
      staysHidden,
      cursors: new CursorStore(world.storage, url, user),
      position: () => inbox.cursor,
      hear: (frames, sent, announcer) => this.#hearStream(frames, sent, announcer),
      changed: status => {
        this.#group.post({ k: 'status', status })
        this.#noteStatus(status)
      },
      onEnd: (tab, gone) => this.#group.onEnd(tab, gone),
    })
  }

  get status(): StreamStatus {
    return this.#status
  }

  get shown(): Shown {
    return this.#inbox.shown
  }

  get threadInSight(): string | null {
    return this.#options.world.page.look().visible ? this.#thread : null
  }

  join(): void {
    this.#group.join()
    this.#group.post({ k: 'ask', from: this.#tab })
    this.lookChanged()
  }

  /** The page is seen, or no longer, or has another thread open. */
  lookChanged(): void {
    const look = this.#look()
    if (this.#group.isLeader) this.#leader.note(look, true)
    else this.#group.post({ k: 'look', look })
    this.#group.watch(look.visible)
  }

  setThread(thread: string | null): void {
    if (thread === this.#thread) return
    this.#thread = thread
    this.lookChanged()
  }

  /** Somebody is here. */
  used(): void {
    const now = this.#options.world.clock.now()
    this.#usedAt = now
    if (now - this.#toldUseAt < TELL_USE_MS) return
    this.#toldUseAt = now
    this.lookChanged()
  }

  /** The network is back. */
  nudge(): void {
    this.#upkeep.nudge()
    this.#leader.nudge()
  }

  async loadMore(): Promise<boolean> {
    try {
      return await this.#history.readMore()
    } finally {
      this.#changed()
    }
  }

  async answer(question: string, option: string, input?: string): Promise<void> {
    await this.marks.answer(question, option, input)
    this.#group.post({ k: 'answered', question, option })
  }

  welcomeBack(): void {
    this.#inbox.welcomeBack()
    this.#group.post({ k: 'welcome' })
    this.#changed()
  }

  leave(): void {
    if (this.#isOver) return
    this.#leader.stop()
    this.#isOver = true
    this.#group.post({ k: 'bye', from: this.#tab })
    this.#group.leave()
    this.#upkeep.stop()
  }

  /** The lead was taken from us: a stream that we still have would be a second one. */
  #follow(): void {
    this.#leader.stop()
    this.#group.post({ k: 'ask', from: this.#tab })
    this.lookChanged()
  }

  #hearStream(frames: readonly ServerFrame[], sent: StreamCursor | null, announcer: string | null): void {
    const hello = frames.find(frame => frame.t === 'hello')
    if (hello?.t === 'hello' && hello.user !== this.#options.user) return this.#options.userChanged()
    // First to the others: whatever happens to this tab while it deals with them, they have them too.
    this.#group.post({ k: 'frames', frames, sent, announcer })
    this.#take(frames, sent, announcer)
  }

  #hearTab(message: TabMessage): void {
    switch (message.k) {
      case 'ask':
        if (this.#group.isLeader) this.#sayWhere(message.from)
        return
      case 'here':
        if (message.to === this.#tab) this.#adopt(message)
        return
      case 'lead':
        if (this.#inbox.cursor === null) this.#group.post({ k: 'ask', from: this.#tab })
        return this.#group.post({ k: 'look', look: this.#look() })
      case 'frames':
        // What comes before we know where we are is in what we shall be told.
        if (this.#inbox.cursor === null && !message.frames.some(({ t }) => t === 'hello')) return
        return this.#take(message.frames, message.sent, message.announcer)
      case 'status':
        return this.#noteStatus(message.status)
      case 'look':
        return this.#leader.note(message.look, false)
      case 'bye':
        return this.#leader.forget(message.from)
      case 'welcome':
        this.#inbox.welcomeBack()
        return this.#changed()
      case 'answered':
        this.#inbox.knowAnswer(message.question, message.option)
        return this.#changed()
      default:
        return message satisfies never
    }
  }

  #sayWhere(to: string): void {
    const { cursor, counted: unread, awayIds: away } = this.#inbox
    this.#group.post({ k: 'here', to, cursor, unread, away, status: this.#status })
  }

  #adopt({ cursor, unread, away, status }: Extract<TabMessage, { k: 'here' }>): void {
    if (cursor !== null) this.#inbox.adopt(cursor, unread, away)
    this.#noteStatus(status)
    this.lookChanged()
  }

  #take(frames: readonly ServerFrame[], sent: StreamCursor | null, announcer: string | null): void {
    for (const frame of frames) if (frame.t === 'hello') this.#inbox.greet(frame, sent)
    const happened = this.#inbox.take(frames, this.#options.api.now())
    // Most frames are signs of life.
    if (frames.some(({ t }) => t !== 'ping')) this.#changed()
    for (const event of happened) this.#options.happened(event, announcer === this.#tab)
  }

  #noteStatus(status: StreamStatus): void {
    const isBack = status.connection === 'live' && this.#status.connection !== 'live'
    this.#status = status
    if (isBack) this.#upkeep.nudge()
    this.#changed()
  }

  #look(): Look {
    const { visible, focused } = this.#options.world.page.look()
    return { tab: this.#tab, visible, focused, thread: this.#thread, usedAt: this.#usedAt }
  }

  #changed(): void {
    if (this.#isOver) return
    this.#upkeep.look()
    this.#options.changed()
  }
}
