import type { EcEvent } from '../../src/core/event.ts'
import type { Preferences } from '../../src/core/preferences.ts'
import { matchesType } from '../../src/core/type-pattern.ts'
import { AgentApi } from './agent-api.ts'
import { CenterError } from './center-error.ts'
import type { CenterOptions, CenterState, NotificationCenter } from './center.ts'
import { identify, type Identifying } from './identify.ts'
import { Inbox } from './inbox/inbox.ts'
import { Listeners } from './listeners.ts'
import { Session } from './session.ts'
import type { World } from './world.ts'

/** Before one asks who it is by now: tokens that are another's each time make no storm. */
const ANOTHER_MS = 1_000
/** How many of those that were announced are remembered. */
const REMEMBERED = 1_000

/** The notification center in any world; pages make theirs with `createNotificationCenter`. */
export function createCenter(options: CenterOptions, world: World): NotificationCenter {
  const { clock, random } = world
  const url = baseOf(options.url)
  const api = new AgentApi({ url, token: options.token, fetch: world.fetch, clock })
  const states = new Listeners<[CenterState]>()
  const announcements = new Listeners<[EcEvent]>()
  const handlers = new Map<string, Listeners<[EcEvent], boolean | void>>()
  const announced = new Set<string>()
  const nothing = new Inbox().shown
  let state: CenterState = { user: null, connection: 'connecting', transport: null, ...nothing }
  let identifying: Identifying | null = null
  let session: Session | null = null
  let thread: string | null = null

  const stopListening = world.page.listen({
    changed() {
      if (!world.page.look().visible) return session?.lookChanged()
      session?.used()
      session?.lookChanged()
      identifying?.nudge()
    },
    used: () => session?.used(),
    online() {
      session?.nudge()
      identifying?.nudge()
    },
    hidden: leave,
    shown: () => begin(0),
  })
  begin(0)

  /** Finds out who this is, and becomes one of the tabs of that person. */
  function begin(afterMs: number): void {
    leave()
    identifying = identify({
      api,
      clock,
      random,
      afterMs,
      known: join,
      failed: connection => publish({ ...state, connection }),
    })
  }

  function join(user: string): void {
    identifying = null
    if (state.user !== null && state.user !== user)
      publish({ user: null, connection: 'connecting', transport: null, ...nothing })
    const own = new Session({
      user,
      url,
      api,
      world,
      staysHidden: options.hidden === 'stay',
      changed: () => publish({ user, ...own.status, ...own.shown }),
      happened: tell,
      userChanged: () => begin(ANOTHER_MS),
    })
    session = own
    own.setThread(thread)
    own.join()
  }

  function leave(): void {
    identifying?.stop()
    identifying = null
    session?.leave()
    session = null
  }

  function publish(next: CenterState): void {
    if (isSame(state, next)) return
    state = next
    states.call(state)
  }

  function tell(event: EcEvent, isAnnouncer: boolean): void {
    let isShown = false
    for (const [pattern, listeners] of handlers) {
      if (matchesType(pattern, event.type)) isShown = listeners.call(event).includes(true) || isShown
    }
    if (!isAnnouncer || isShown || event.type === 'job.progress' || announced.has(event.id)) return
    if (event.thread !== undefined && event.thread === session?.threadInSight) return
    announced.add(event.id)
    if (announced.size > REMEMBERED) announced.delete([...announced][0] ?? '')
    announcements.call(event)
  }

  /** The session; a `CenterError` while the agent has not said who this is. */
  async function signedIn(): Promise<Session> {
    if (session !== null) return session
    if (state.connection === 'signed-out') {
      throw new CenterError('EC_UNAUTHENTICATED', 'nobody is signed in here', 401, 'sign in again')
    }
    throw new CenterError('EC_AGENT_UNREACHABLE', 'the agent has not said yet who this is', 0, 'try again in a moment')
  }

  async function preferencesPath(): Promise<string> {
    await signedIn()
    return `api/users/${encodeURIComponent(state.user ?? '')}/preferences`
  }

  return {
    get state() {
      return state
    },
    subscribe: listener => states.add(listener),
    on(type, handler) {
      const listeners = handlers.get(type) ?? new Listeners<[EcEvent], boolean | void>()
      handlers.set(type, listeners)
      const stop = listeners.add(handler)
      return () => {
        stop()
        if (listeners.isEmpty) handlers.delete(type)
      }
    },
    onAnnounce: listener => announcements.add(listener),
    loadMore: async () => (await signedIn()).loadMore(),
    markSeen: async ids => (await signedIn()).marks.markSeen(ids),
    markRead: async ids => (await signedIn()).marks.mark({ ids, state: 'read' }),
    markUnread: async ids => (await signedIn()).marks.mark({ ids, state: 'unread' }),
    markAllRead: async () => (await signedIn()).marks.markAllRead(),
    archive: async ids => (await signedIn()).marks.mark({ ids, state: 'archived' }),
    unarchive: async ids => (await signedIn()).marks.mark({ ids, state: 'unarchived' }),
    snooze: async (id, until) => (await signedIn()).marks.mark({ ids: [id], state: 'snoozed', until }),
    answer: async (question, option, input) => (await signedIn()).answer(question, option, input),
    welcomeBack: () => session?.welcomeBack(),
    getPreferences: async () => api.call<Preferences>('GET', await preferencesPath()),
    putPreferences: async patch => api.call<Preferences>('PUT', await preferencesPath(), patch),
    setThread(open) {
      thread = open
      session?.setThread(open)
    },
    call: (method, path, body) => api.call(method, path, body),
    close() {
      stopListening()
      leave()
      api.close()
      states.clear()
      announcements.clear()
      handlers.clear()
    },
  }
}

function isSame(a: CenterState, b: CenterState): boolean {
  return (
    a.items === b.items &&
    a.progress === b.progress &&
    a.unread.total === b.unread.total &&
    a.unread.action === b.unread.action &&
    (['user', 'connection', 'transport', 'complete', 'away'] as const).every(name => a[name] === b[name])
  )
}

/** Where the agent is: as told, or the folder from which its `client.js` was loaded. */
function baseOf(url: string | undefined): string {
  const here = new URL(import.meta.url)
  const base = url === undefined ? new URL(here.pathname.endsWith('/client.js') ? '.' : '/', here) : new URL(url, here)
  return base.href.endsWith('/') ? base.href : `${base.href}/`
}
