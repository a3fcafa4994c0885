import type { EcEvent } from '../../src/core/event.ts'
import type { Preferences } from '../../src/core/preferences.ts'
import { formatCursor } from '../../src/core/stream-cursor.ts'
import { matchesType } from '../../src/core/type-pattern.ts'
import { AgentApi } from './agent-api.ts'
import { CenterError } from './center-error.ts'
import type { CenterOptions, CenterState, NotificationCenter } from './center.ts'
import { History } from './history.ts'
import { Inbox } from './inbox.ts'
import { Listeners } from './listeners.ts'
import { isRecord } from './parse.ts'
import type { PendingChange } from './pending-changes.ts'
import type { ServerFrame } from './stream/frame.ts'
import { StreamKeeper } from './stream/stream-keeper.ts'
import { openWsLink } from './stream/ws-link.ts'
import { createBrowserWorld, type World } from './world.ts'

const MAX_IDS = 1000

/** Connects to the agent and stays so, until it is closed. */
export function createNotificationCenter(
  options: CenterOptions = {},
  world: World = createBrowserWorld(),
): NotificationCenter {
  const { clock, random, openSocket } = world
  const url = baseOf(options.url)
  const api = new AgentApi({ url, token: options.token, fetch: world.fetch, clock })
  const inbox = new Inbox()
  const history = new History(api, inbox, () => clock.now())
  const states = new Listeners<[CenterState]>()
  const announcements = new Listeners<[EcEvent]>()
  const handlers = new Map<string, Listeners<[EcEvent], boolean | void>>()
  let user: string | null = null
  let thread: string | null = null
  let isClosed = false
  let sent = inbox.cursor

  const keeper = new StreamKeeper({
    open: (_transport, cursor, listener) => openWsLink({ api, url, openSocket }, cursor, listener),
    cursor: () => {
      sent = inbox.cursor
      return sent === null ? null : formatCursor(sent)
    },
    hear,
    changed: publish,
    renew: () => api.expireToken(),
    clock,
    random,
  })
  let state = look()
  const stopLooking = world.onReturn(() => keeper.nudge())
  keeper.start()

  function hear(frames: readonly ServerFrame[]): void {
    const before = inbox.cursor?.seq ?? 0
    for (const frame of frames) {
      if (frame.t === 'ping') keeper.send({})
      if (frame.t !== 'hello') continue
      user = frame.user
      if (inbox.greet(frame, sent)) void history.readFirst().then(publish, publish)
    }
    const happened = inbox.take(frames, clock.now())
    publish()
    for (const event of happened) tell(event)
    const seq = inbox.cursor?.seq ?? 0
    if (seq > before) keeper.send({ t: 'ack', seq })
  }

  function tell(event: EcEvent): void {
    let isShown = false
    for (const [pattern, listeners] of handlers) {
      if (matchesType(pattern, event.type)) isShown = listeners.call(event).includes(true) || isShown
    }
    if (isShown || event.type === 'job.progress' || (thread !== null && event.thread === thread)) return
    announcements.call(event)
  }

  function look(): CenterState {
    return { user, ...keeper.status, ...inbox.shown }
  }

  function publish(): void {
    if (isClosed) return
    state = look()
    states.call(state)
  }

  async function mark(change: PendingChange): Promise<void> {
    const shown = inbox.begin(change)
    publish()
    try {
      const { state, until } = change
      let upTo = 0
      for (let i = 0; i < change.ids.length; i += MAX_IDS) {
        const ids = change.ids.slice(i, i + MAX_IDS)
        const more = until === undefined ? {} : { until: new Date(until).toISOString() }
        const { items } = await api.call<{ items: readonly { seq: number }[] }>('POST', 'api/inbox/state', {
          ids,
          state,
          ...more,
        })
        for (const { seq } of items) upTo = Math.max(upTo, seq)
      }
      shown.confirm(upTo)
    } catch (error) {
      shown.drop()
      throw error
    } finally {
      publish()
    }
  }

  async function answer(question: string, option: string, input?: string): Promise<void> {
    const ids = inbox.shown.items.flatMap(item => (item.question?.id === question ? [item.event.id] : []))
    const shown = inbox.begin({ ids, state: 'answered', option })
    publish()
    try {
      const path = `api/questions/${encodeURIComponent(question)}/answer`
      await api.call('POST', path, { option, ...(input === undefined ? {} : { input }) })
      inbox.knowAnswer(question, option)
    } catch (error) {
      const winner = error instanceof CenterError ? error.problem['winner'] : null
      if (isRecord(winner) && typeof winner['option'] === 'string') inbox.knowAnswer(question, winner['option'])
      throw error
    } finally {
      shown.drop()
      publish()
    }
  }

  function preferencesPath(): string {
    if (user === null) throw new CenterError('EC_AGENT_UNREACHABLE', 'the agent has not said yet who this is', 0, null)
    return `api/users/${encodeURIComponent(user)}/preferences`
  }

  return {
    get state() {
      return state
    },
    subscribe: listener => states.add(listener),
    on(type, handler) {
      const listeners = handlers.get(type) ?? new Listeners<[EcEvent], boolean | void>()
      handlers.set(type, listeners)
      return listeners.add(handler)
    },
    onAnnounce: listener => announcements.add(listener),
    async loadMore() {
      try {
        return await history.readMore()
      } finally {
        publish()
      }
    },
    markSeen: ids => mark({ ids, state: 'seen' }),
    markRead: ids => mark({ ids, state: 'read' }),
    markUnread: ids => mark({ ids, state: 'unread' }),
    markAllRead: () => mark({ ids: inbox.unreadIds(), state: 'read', everything: true }),
    archive: ids => mark({ ids, state: 'archived' }),
    unarchive: ids => mark({ ids, state: 'unarchived' }),
    snooze: (id, until) => mark({ ids: [id], state: 'snoozed', until }),
    answer,
    welcomeBack() {
      inbox.welcomeBack()
      publish()
    },
    getPreferences: async () => api.call<Preferences>('GET', preferencesPath()),
    putPreferences: async patch => api.call<Preferences>('PUT', preferencesPath(), patch),
    setThread(open) {
      thread = open
    },
    call: (method, path, body) => api.call(method, path, body),
    close() {
      isClosed = true
      stopLooking()
      keeper.stop()
      api.close()
    },
  }
}

/** Where the agent is: as told, or the folder from which this module was loaded. */
function baseOf(url: string | undefined): string {
  const base = new URL(url ?? '.', import.meta.url).href
  return base.endsWith('/') ? base : `${base}/`
}
