import type { ActivityItem } from '../../client/activity.ts'
import type { EcClient } from '../../client.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import { changedKeys } from './activity-row.ts'
import { fullAt, isSame, write } from './answering.ts'
import { askTab } from './ask-tab.ts'
import { describeSignIn, type SignInLink } from './detail.ts'
import { inspect } from './inspect.ts'
import { pressKey, type Effect } from './keys.ts'
import type { LogBook } from './log-book.ts'
import { tellEnd } from './question-text.ts'
import { reduce, type Action } from './reduce.ts'
import { initialState, type ScreenState, type Toast } from './state.ts'
import { sendAnswer } from './send-answer.ts'
import { toToast } from './to-toast.ts'
import { createDetailWatch } from './watch-detail.ts'

/** What the screens ask of an agent. */
export type ScreenClient = Pick<EcClient, 'status' | 'calls'> & {
  readonly events: Pick<EcClient['events'], 'trace' | 'get'>
  readonly notifications: Pick<EcClient['notifications'], 'get' | 'why'>
  readonly resources: Pick<EcClient['resources'], 'list' | 'sync' | 'watch'>
  readonly jobs: Pick<EcClient['jobs'], 'list' | 'retry'>
  readonly questions: Pick<EcClient['questions'], 'get' | 'answer'>
}

/** Work that others know how to do; each resolves with one line for the person, and rejects with an `EcError`. */
export interface ScreenActions {
  /** Sends a stored notification again; `again`: with a key of its own, so that its effects happen again. */
  replay(id: string, again: boolean): Promise<string>
  /** Saves a stored notification as a fixture; resolves with the path of the file. */
  capture(id: string): Promise<string>
  /** Makes a link that signs a browser of the person's in, once. */
  signIn(): Promise<SignInLink>
  /** Hands text to the clipboard of the terminal. */
  copy(text: string): void
}

export interface ControllerOptions {
  readonly url: string
  readonly inbox: string | null
  readonly sandbox: boolean
  readonly own: boolean
  readonly size: { readonly columns: number; readonly rows: number }
  readonly source: AsyncIterable<ActivityItem>
  readonly client: ScreenClient
  readonly actions: ScreenActions
  readonly clock: Clock
  readonly logBook: LogBook | null
  /** The person wants to leave. */
  readonly onQuit: () => void
}

/** Between the state and the world: hears the agent and the keys, asks what the open tab needs, says when to redraw. */
export interface Controller {
  /** As it is to be drawn; the same object until `subscribe` was told. */
  state(): ScreenState
  subscribe(redraw: () => void): () => void
  press(key: string): void
  /** What is typed or pasted while a text is being written. */
  write(text: string): void
  resize(columns: number, rows: number): void
  /** Resolves when the source ends; rejects with its error. */
  run(): Promise<void>
  close(): void
}

/** What comes from the agent is drawn at most this often; what a person does, at once. */
const REDRAW_MS = 250
const ASK_EVERY_MS = 3000
const TOAST_MS = 5000

export function createController(options: ControllerOptions): Controller {
  const { client, clock, actions, logBook } = options
  let state = initialState({ ...options, logs: logBook?.lines() ?? [] })
  let shown = state
  let redraw: (() => void) | null = null
  let redrawTimer: Timer | null = null
  let drawnAt = Number.NEGATIVE_INFINITY
  let askTimer: Timer | null = null
  let toastTimer: Timer | null = null
  let isClosed = false
  /** Answers of a tab that was left are not waited for. */
  let askRound = 0
  const busy = new Set<string>()
  const watch = createDetailWatch({ client, clock, tell: takeDetail, openKey: () => state.detail?.key ?? null })

  logBook?.listen(line => later({ type: 'log', line }))

  return {
    state: () => shown,
    subscribe(listener) {
      redraw = listener
      return () => void (redraw = null)
    },
    press,
    write: writeText,
    resize: (columns, rows) => now({ type: 'resize', columns, rows }),
    run,
    close,
  }

  async function run(): Promise<void> {
    for await (const item of options.source) {
      if (isClosed) return
      later({ type: 'activity', item, at: clock.monotonic() })
      // What is looked at closely has changed, or may have while nobody told.
      const changed = item.type === 'frame' ? changedKeys(item.frame.changed) : null
      if (item.type === 'connected' || changed?.has(state.detail?.key ?? '') === true) watch.refresh()
    }
  }

  function close(): void {
    isClosed = true
    logBook?.listen(null)
    watch.close()
    for (const timer of [redrawTimer, askTimer, toastTimer]) timer?.cancel()
  }

  function press(key: string): void {
    const tab = state.tab
    const { actions: pressed, effect } = pressKey(state, key)
    for (const action of pressed) state = reduce(state, action)
    if (pressed.some(action => action.type === 'toast')) keepToast()
    draw()
    if (state.tab !== tab) ask()
    if (effect !== null) follow(effect)
  }

  function writeText(text: string): void {
    const before = state.detail?.answering
    if (before?.step !== 'write') return
    const answering = write(before, text)
    now({ type: 'answering', answering })
    const max = fullAt(answering)
    if (max !== null) toast({ text: `it takes ${max} characters at most`, level: 'warn' })
  }

  function follow(effect: Effect): void {
    switch (effect.type) {
      case 'quit':
        return options.onQuit()
      case 'inspect':
        return effect.subject.kind === 'activity' ? watch.open(effect.subject.row) : now(inspect(effect.subject))
      case 'answer':
        return void answer(effect)
      case 'copy':
        actions.copy(effect.text)
        return toast({ text: `copied ${effect.text}`, level: 'info' })
      case 'replay':
        return work(`sending ${effect.id} again`, () => actions.replay(effect.id, effect.again))
      case 'capture':
        return work(`saving ${effect.id}`, async () => `saved as ${await actions.capture(effect.id)}`)
      case 'sync':
        return work(`asking for a read of ${effect.id}`, async () => {
          const { job_id: job } = await client.resources.sync(effect.id)
          ask()
          return `${effect.id} is read by ${job}`
        })
      case 'watch':
        return work(`subscribing to ${effect.id}`, async () => {
          const { job_id: job } = await client.resources.watch(effect.id)
          ask()
          return `${effect.id} is subscribed to by ${job}`
        })
      case 'sign-in':
        return work('making a sign-in link', async () => {
          const link = await actions.signIn()
          actions.copy(link.url)
          now({ type: 'open', key: 'sign-in', title: `sign-in link for ${link.user}`, lines: describeSignIn(link) })
          return 'copied the link: open it in the browser that is to be signed in'
        })
      case 'retry':
        return work(`trying ${effect.id} again`, async () => {
          const { id, state: after } = await client.jobs.retry(effect.id)
          ask()
          return `${id} is ${after} again`
        })
      default:
        return effect satisfies never
    }
  }

  async function answer({ question, given }: Extract<Effect, { readonly type: 'answer' }>): Promise<void> {
    const { toast: told, ended } = await sendAnswer(client.questions, question, given)
    toast(told)
    const answering = state.detail?.answering
    if (ended) watch.refresh()
    else if (answering?.step === 'send' && isSame(answering.question, question))
      now({ type: 'answering', answering: { ...answering, step: 'confirm' } })
  }

  /** A question that ends while somebody is about to answer it does not go without a word. */
  function takeDetail(action: Action): void {
    const begun = state.detail?.answering ?? null
    now(action)
    if (action.type !== 'detail' || begun === null || begun.step === 'send' || !action.question) return
    if (state.detail?.answering === null) toast({ text: tellEnd(action.question), level: 'warn' })
  }

  /** One at a time of each: a key that is held down starts no crowd. */
  function work(doing: string, start: () => Promise<string>): void {
    if (busy.has(doing)) return
    busy.add(doing)
    toast({ text: `${doing} ...`, level: 'info' })
    start()
      .then(
        text => toast({ text, level: 'info' }),
        (thrown: unknown) => toast(toToast(thrown)),
      )
      .finally(() => busy.delete(doing))
  }

  function toast(next: Toast): void {
    if (isClosed) return
    now({ type: 'toast', toast: next })
    keepToast()
  }

  function keepToast(): void {
    toastTimer?.cancel()
    toastTimer = clock.setTimer(() => now({ type: 'toast', toast: null }), TOAST_MS)
  }

  /** Asks for what the open tab shows, and again as long as it is open. */
  function ask(): void {
    askTimer?.cancel()
    askTimer = null
    const round = (askRound += 1)
    const asked = askTab(client, state.tab)
    if (asked === null) return
    void take(asked, round)
  }

  async function take(asked: Promise<Action>, round: number): Promise<void> {
    const action = await asked
    if (isClosed || round !== askRound) return
    now(action)
    askTimer = clock.setTimer(ask, ASK_EVERY_MS)
  }

  function now(action: Action): void {
    if (isClosed) return
    state = reduce(state, action)
    draw()
  }

  /** A burst is one redraw. */
  function later(action: Action): void {
    if (isClosed) return
    state = reduce(state, action)
    if (redrawTimer !== null) return
    const dueMs = Math.max(0, drawnAt + REDRAW_MS - clock.monotonic())
    if (dueMs === 0) draw()
    else redrawTimer = clock.setTimer(draw, dueMs)
  }

  function draw(): void {
    redrawTimer?.cancel()
    redrawTimer = null
    drawnAt = clock.monotonic()
    if (shown === state) return
    shown = state
    redraw?.()
  }
}
