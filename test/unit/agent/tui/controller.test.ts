import { describe, expect, it, onTestFinished } from 'vitest'
import { createController, type Controller, type ScreenClient } from '#ec/agent/tui/controller.js'
import { createLogBook } from '#ec/agent/tui/log-book.js'
import type { ActivityItem } from '#ec/client/activity.js'
import type { QuestionRow } from '#ec/client/questions.js'
import { EcError } from '#ec/core/errors.js'
import { FakeClock } from '../../../support/fake-clock.ts'
import { callsReply } from '../../../support/call-reply.ts'
import {
  AT,
  eventRow,
  frameOf,
  jobRow,
  notificationRow,
  questionEvent,
  questionRow,
  resourceRow,
  syncRow,
  statusReply,
} from '../../../support/screens.ts'

/** An agent's activity that the test speaks. */
class Source implements AsyncIterable<ActivityItem> {
  readonly #items: ActivityItem[] = []
  #wake: (() => void) | null = null
  #error: Error | null = null

  say(...items: readonly ActivityItem[]): void {
    this.#items.push(...items)
    this.#wake?.()
  }

  fail(error: Error): void {
    this.#error = error
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ActivityItem> {
    for (;;) {
      yield* this.#items.splice(0)
      if (this.#error !== null) throw this.#error
      if (this.#items.length === 0) await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }
}

const ANSWERED = questionRow({
  state: 'answered',
  answer: { option: 'yes', input: null, by: 'user', at: '2026-01-05T09:01:00.000Z' },
})

const LINK = { user: 'ana', url: `http://127.0.0.1:8787/inbox#in=ecl_${'x'.repeat(43)}`, expires_at: AT }

interface Setting {
  readonly controller: Controller
  readonly source: Source
  readonly clock: FakeClock
  readonly asked: string[]
  readonly done: string[]
  redraws(): number
  quits(): number
}

function open(client: Partial<ScreenClient> = {}): Setting {
  const source = new Source()
  const clock = new FakeClock()
  const asked: string[] = []
  const done: string[] = []
  let redraws = 0
  let quits = 0
  const agent: ScreenClient = {
    status: async () => (asked.push('status'), statusReply()),
    calls: async since => (asked.push(`calls ${since}`), callsReply([], 0)),
    events: {
      get: async (id, user) => (asked.push(`event ${user} ${id}`), eventRow(1)),
      trace: async () => {
        throw new EcError('EC_NOT_FOUND', 'no trace is kept')
      },
    },
    notifications: {
      get: async id => (
        asked.push(`notification ${id}`),
        { ...notificationRow(1), headers: { 'x-a': 'b' }, body: '{"a":1}' }
      ),
      why: async () => ({ ...notificationRow(1), sentences: ['It came.'] }),
    },
    resources: {
      list: async () => (asked.push('resources'), { resources: [resourceRow({ sync: syncRow() })], next: null }),
      sync: async id => (done.push(`sync ${id}`), { job_id: 'job_5' }),
      watch: async id => (done.push(`watch ${id}`), { job_id: 'job_6' }),
    },
    jobs: {
      list: async filter => (asked.push(`jobs ${filter?.state}`), { jobs: [jobRow(1), jobRow(2)], next: null }),
      retry: async id => (done.push(`retry ${id}`), jobRow(1, { state: 'ready' })),
    },
    questions: {
      get: async (id, user) => (asked.push(`question ${user} ${id}`), questionRow()),
      answer: async (id, given, user) => (done.push(`answer ${user} ${id} ${JSON.stringify(given)}`), ANSWERED),
    },
    ...client,
  }
  const controller = createController({
    url: 'http://127.0.0.1:8787',
    inbox: 'http://127.0.0.1:8787/inbox',
    sandbox: false,
    own: false,
    size: { columns: 100, rows: 30 },
    source,
    client: agent,
    clock,
    logBook: null,
    onQuit: () => (quits += 1),
    actions: {
      replay: async (id, again) => (done.push(`replay ${id} ${again}`), `${id} sent again: 202`),
      capture: async id => (done.push(`capture ${id}`), `fixtures/github/${id}.json`),
      signIn: async () => {
        done.push('sign-in link')
        return LINK
      },
      copy: text => void done.push(`copy ${text}`),
    },
  })
  controller.subscribe(() => (redraws += 1))
  onTestFinished(() => controller.close())
  return { controller, source, clock, asked, done, redraws: () => redraws, quits: () => quits }
}

/** Lets everything that can go on without time go on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise(resolve => setImmediate(resolve))
}

function frames(count: number, from = 0): readonly ActivityItem[] {
  return Array.from({ length: count }, (_, i) => ({ type: 'frame', frame: frameOf({ events: [eventRow(from + i)] }) }))
}

describe('the controller', () => {
  it('redraws at most four times a second, however much comes', async () => {
    const { controller, source, clock, redraws } = open()
    void controller.run()
    for (let i = 0; i < 40; i++) {
      source.say(...frames(25, i * 25))
      await settle()
      clock.advance(25)
    }
    // A thousand frames within a second: one at once, then one every 250 ms.
    expect(redraws()).toBeLessThanOrEqual(5)
    expect(redraws()).toBeGreaterThanOrEqual(4)
    clock.advance(250)
    expect(controller.state().rows).toHaveLength(1000)
  })

  it('answers a key at once', async () => {
    const { controller, source, redraws } = open()
    void controller.run()
    source.say(...frames(2))
    await settle()
    const before = redraws()
    controller.press('?')
    controller.press('?')
    expect(redraws()).toBe(before + 2)
  })

  it('hands out the same state until it tells of another', async () => {
    const { controller, source, clock } = open()
    void controller.run()
    source.say(...frames(1))
    await settle()
    const state = controller.state()
    source.say(...frames(1, 5))
    await settle()
    expect(controller.state()).toBe(state)
    clock.advance(250)
    expect(controller.state().rows).toHaveLength(2)
  })

  it('asks for what a tab shows while it is open, and not after', async () => {
    const { controller, clock, asked } = open()
    controller.press('2')
    await settle()
    expect(asked).toEqual(['resources', 'status', 'calls 24h'])
    expect(controller.state().health.value?.resources).toHaveLength(1)
    clock.advance(3000)
    await settle()
    expect(asked).toHaveLength(6)
    controller.press('1')
    clock.advance(60_000)
    await settle()
    expect(asked).toHaveLength(6)
  })

  it('has a resource read, and subscribed to, and looks at once what came of it', async () => {
    const { controller, asked, done } = open()
    controller.press('2')
    await settle()
    controller.press('s')
    await settle()
    expect(controller.state().toast).toEqual({ text: 'r1 is read by job_5', level: 'info' })
    controller.press('w')
    await settle()
    expect(controller.state().toast?.text).toBe('r1 is subscribed to by job_6')
    expect(done).toEqual(['sync r1', 'watch r1'])
    expect(asked.filter(what => what === 'resources')).toHaveLength(3)
  })

  it('asks for the calls of a day, and for dead jobs, the newest first', async () => {
    const { controller, asked } = open()
    controller.press('3')
    await settle()
    controller.press('4')
    await settle()
    expect(asked).toEqual(['calls 24h', 'jobs dead'])
    expect(controller.state().jobs.value?.map(job => job.id)).toEqual(['job_2', 'job_1'])
  })

  it('goes on asking when an answer fails, and says so', async () => {
    let fails = true
    const { controller, clock } = open({
      status: async () => {
        if (fails) throw new EcError('EC_AGENT_UNREACHABLE', 'the agent is away')
        return statusReply()
      },
    })
    controller.press('2')
    await settle()
    expect(controller.state().health).toEqual({ value: null, error: 'the agent is away' })
    fails = false
    clock.advance(3000)
    await settle()
    expect(controller.state().health.error).toBeNull()
  })

  it('looks closely at a notification: headers, indented body, and why', async () => {
    const { controller, source, asked } = open()
    void controller.run()
    source.say({ type: 'frame', frame: frameOf({ notifications: [notificationRow(7)] }) })
    await settle()
    controller.press('enter')
    expect(controller.state().detail).toMatchObject({ title: 'notification ntf_7', lines: null })
    await settle()
    expect(asked).toEqual(['notification ntf_7'])
    const lines = controller.state().detail?.lines?.map(({ text }) => text)
    expect(lines).toEqual(expect.arrayContaining(['It came.', 'x-a  b', '  "a": 1']))
  })

  it('looks closely at an event although its trace is gone', async () => {
    const { controller, source, asked } = open()
    void controller.run()
    source.say(...frames(1, 3))
    await settle()
    controller.press('enter')
    await settle()
    expect(asked).toEqual(['event ana evt_3'])
    expect(controller.state().detail?.lines?.at(-1)?.text).toContain('no longer known')
  })

  it('shows in the detail why it could not be had', async () => {
    const { controller, source } = open({ events: { get: gone, trace: gone } })
    void controller.run()
    source.say(...frames(1))
    await settle()
    controller.press('enter')
    await settle()
    expect(controller.state().detail?.lines?.map(({ text }) => text)).toEqual(['no such event', 'next: choose another'])
  })

  it('does the work of its keys once at a time, and tells what came of it for five seconds', async () => {
    const { controller, source, clock, done } = open()
    void controller.run()
    source.say({ type: 'frame', frame: frameOf({ notifications: [notificationRow(7)] }) })
    await settle()
    controller.press('r')
    controller.press('r')
    await settle()
    controller.press('f')
    await settle()
    expect(done).toEqual(['replay ntf_7 false', 'capture ntf_7'])
    expect(controller.state().toast?.text).toBe('saved as fixtures/github/ntf_7.json')
    controller.press('y')
    expect(done.at(-1)).toBe('copy ntf_7')
    expect(controller.state().toast?.text).toBe('copied ntf_7')
    clock.advance(5000)
    expect(controller.state().toast).toBeNull()
  })

  it('tries a dead job again and asks anew', async () => {
    const { controller, done, asked } = open()
    controller.press('4')
    await settle()
    controller.press('r')
    await settle()
    expect(done).toEqual(['retry job_2'])
    expect(asked).toEqual(['jobs dead', 'jobs dead'])
  })

  it('says what it wants to leave, and hears the error of its source', async () => {
    const { controller, source, quits } = open()
    const run = controller.run()
    controller.press('q')
    expect(quits()).toBe(1)
    source.fail(new EcError('EC_UNAUTHENTICATED', 'the key was revoked'))
    await expect(run).rejects.toMatchObject({ code: 'EC_UNAUTHENTICATED' })
  })

  it('does nothing any more once it is closed', async () => {
    const { controller, source, clock, asked, redraws } = open()
    void controller.run()
    controller.press('2')
    controller.close()
    const before = redraws()
    source.say(...frames(3))
    await settle()
    clock.advance(60_000)
    await settle()
    expect(redraws()).toBe(before)
    expect(asked).toEqual(['resources', 'status', 'calls 24h'])
  })

  it('makes a sign-in link, copies it, and shows it whole on a line of its own', async () => {
    const { controller, done } = open()
    controller.press('i')
    controller.press('i')
    await settle()
    // A key that is held down makes no crowd of links.
    expect(done).toEqual(['sign-in link', `copy ${LINK.url}`])
    const { detail } = controller.state()
    expect(detail?.title).toBe('sign-in link for ana')
    expect(detail?.lines?.[0]).toEqual({ kind: 'text', text: LINK.url })
    expect(detail?.lines?.[2]?.text).toContain('signed in as ana')
    controller.press('escape')
    expect(controller.state().detail).toBeNull()
  })

  it('shows the log of its own agent, from before it was open as well', async () => {
    const clock = new FakeClock()
    const logBook = createLogBook('info', clock)
    logBook.log.warn('early \u001b[31mtrouble', { provider: 'github', nothing: null })
    const controller = createController({
      url: '',
      inbox: null,
      sandbox: false,
      own: true,
      size: { columns: 80, rows: 24 },
      source: new Source(),
      client: clientOfNothing(),
      clock,
      logBook,
      onQuit: () => {},
      actions: { replay: async () => '', capture: async () => '', signIn: async () => LINK, copy: () => {} },
    })
    logBook.log.debug('too quiet')
    logBook.log.error('late')
    clock.advance(250)
    expect(controller.state().logs.map(line => `${line.level} ${line.text}`)).toEqual([
      'warn early trouble provider=github',
      'error late',
    ])
    controller.close()
  })
})

describe('a question', () => {
  const CHANGED = { notifications: [], events: [{ user_id: 'ana', id: 'evt_1', state: 'unread' } as const] }

  it('is answered with what was chosen, and says so', async () => {
    const { controller, asked, done } = await look()
    expect(asked).toEqual(['event ana evt_1', 'question ana evt_1'])
    controller.press('1')
    expect(done).toEqual([])
    controller.press('enter')
    await settle()
    expect(done).toEqual(['answer ana evt_1 {"option":"yes"}'])
    expect(controller.state().toast).toEqual({ text: 'answered: "Yes, publish"', level: 'info' })
    expect(asked).toHaveLength(4)
  })

  it.each<[string, EcError, Partial<QuestionRow>]>([
    [
      'already answered by ana with "No"',
      new EcError('EC_CONFLICT', 'the question has been answered: no'),
      { state: 'answered', answer: { option: 'no', input: null, by: 'user', at: AT } },
    ],
    [
      'already answered by an operator with "No": not now',
      new EcError('EC_CONFLICT', 'the question has been answered: no'),
      { state: 'answered', answer: { option: 'no', input: 'not now', by: 'operator', at: AT } },
    ],
    [
      'the time was up, and the default counts: "No"',
      new EcError('EC_CONFLICT', 'the question has been answered: no'),
      { state: 'answered', answer: { option: 'no', input: null, by: 'default', at: AT } },
    ],
    [
      'the question has expired, nobody answered in time',
      new EcError('EC_QUESTION_CLOSED', 'the question has expired'),
      { state: 'expired' },
    ],
    [
      'the question was withdrawn',
      new EcError('EC_QUESTION_CLOSED', 'the question was withdrawn'),
      { state: 'cancelled' },
    ],
  ])('that somebody else was quicker with says how it ended: %s', async (told, error, ended) => {
    let question = questionRow()
    const { controller } = await look({
      questions: {
        get: async () => question,
        answer: async () => {
          question = questionRow(ended)
          throw error
        },
      },
    })
    controller.press('1')
    controller.press('enter')
    await settle()
    expect(controller.state().toast).toEqual({ text: told, level: 'warn' })
    expect(controller.state().detail?.answering).toBeNull()
  })

  it('may be answered again when the agent was away', async () => {
    let tries = 0
    const { controller } = await look({
      questions: {
        get: async () => questionRow(),
        answer: async () => {
          tries += 1
          if (tries === 1) throw new EcError('EC_AGENT_UNREACHABLE', 'the agent is away')
          return ANSWERED
        },
      },
    })
    controller.press('1')
    controller.press('enter')
    await settle()
    expect(controller.state().toast).toMatchObject({ level: 'error' })
    expect(controller.state().detail?.answering).toMatchObject({ step: 'confirm', choice: 0 })
    controller.press('enter')
    await settle()
    expect(tries).toBe(2)
    expect(controller.state().toast?.level).toBe('info')
  })

  it('is seen to end while somebody is about to answer it', async () => {
    let question = questionRow()
    const { controller, source, clock } = await look({
      questions: { get: async () => question, answer: never },
    })
    controller.press('1')
    question = ANSWERED
    source.say({ type: 'frame', frame: frameOf({ changed: CHANGED }) })
    await settle()
    clock.advance(250)
    expect(controller.state().detail?.answering).toBeNull()
    expect(controller.state().toast?.text).toBe('already answered by ana with "Yes, publish"')
  })

  it('loses nothing that was begun while the agent is away', async () => {
    let away = false
    const { controller, clock } = await look({
      questions: {
        get: async () => {
          if (away) throw new EcError('EC_AGENT_UNREACHABLE', 'the agent is away')
          return questionRow()
        },
        answer: never,
      },
    })
    controller.press('2')
    away = true
    clock.advance(3000)
    await settle()
    expect(controller.state().detail?.answering).toMatchObject({ step: 'confirm', choice: 1 })
  })

  it('says when a text is as long as it may be', async () => {
    const input = { label: null, required: false, max: 5 }
    const question = questionRow({ options: [{ id: 'a', label: 'A', input }] })
    const { controller } = await look({ questions: { get: async () => question, answer: never } })
    controller.press('1')
    controller.write('123456')
    expect(controller.state().detail?.answering?.text).toBe('12345')
    expect(controller.state().toast?.text).toBe('it takes 5 characters at most')
  })

  it('takes a text that is pasted, and only while one is written', async () => {
    const input = { label: null, required: false, max: 100 }
    const question = questionRow({ options: [{ id: 'a', label: 'A', input }] })
    const { controller } = await look({ questions: { get: async () => question, answer: never } })
    controller.write('lost')
    controller.press('1')
    controller.write('two\nlines \u001b[31m')
    expect(controller.state().detail?.answering?.text).toBe('two lines  [31m')
  })
})

describe('an open detail', () => {
  it('of an event is asked again every three seconds, and not once it is closed', async () => {
    const { controller, source, clock, asked } = open()
    void controller.run()
    source.say(...frames(1))
    await settle()
    controller.press('enter')
    await settle()
    clock.advance(3000)
    await settle()
    expect(asked).toHaveLength(2)
    controller.press('escape')
    clock.advance(60_000)
    await settle()
    expect(asked).toHaveLength(2)
  })

  it('of a notification is asked again when it has changed, and only then', async () => {
    const { controller, source, clock, asked } = open()
    void controller.run()
    source.say({ type: 'frame', frame: frameOf({ notifications: [notificationRow(7, { state: 'accepted' })] }) })
    await settle()
    controller.press('enter')
    await settle()
    clock.advance(60_000)
    await settle()
    expect(asked).toEqual(['notification ntf_7'])
    const changed = { notifications: [notificationRow(7)], events: [] }
    source.say({ type: 'frame', frame: frameOf({ changed }) })
    await settle()
    expect(asked).toEqual(['notification ntf_7', 'notification ntf_7'])
    clock.advance(250)
    expect(controller.state().rows[0]?.state).toBe('processed')
  })

  it('keeps what it shows while the agent is away', async () => {
    let away = false
    const { controller, source, clock } = open({
      events: {
        get: async () => {
          if (away) throw new EcError('EC_AGENT_UNREACHABLE', 'the agent is away')
          return eventRow(1)
        },
        trace: gone,
      },
    })
    void controller.run()
    source.say(...frames(1))
    await settle()
    controller.press('enter')
    await settle()
    const { lines } = controller.state().detail ?? {}
    away = true
    clock.advance(3000)
    await settle()
    expect(controller.state().detail?.lines).toBe(lines)
  })
})

/** With the detail of an open question before it. */
async function look(client: Partial<ScreenClient> = {}): Promise<Setting> {
  const t = open(client)
  void t.controller.run()
  t.source.say({ type: 'frame', frame: frameOf({ events: [questionEvent(1)] }) })
  await settle()
  t.controller.press('enter')
  await settle()
  return t
}

async function gone(): Promise<never> {
  throw new EcError('EC_NOT_FOUND', 'no such event', { hint: 'choose another' })
}

function never(): Promise<never> {
  return new Promise(() => {})
}

function clientOfNothing(): ScreenClient {
  return {
    status: never,
    calls: never,
    events: { get: never, trace: never },
    notifications: { get: never, why: never },
    resources: { list: never, sync: never, watch: never },
    jobs: { list: never, retry: never },
    questions: { get: never, answer: never },
  }
}
