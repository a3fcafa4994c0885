import { describe, expect, it } from 'vitest'
import { openAgent, type TestAgent } from '../support/agent.js'
import { NodeBrowser, type NodeTab } from '../support/node-browser.js'
import { userToken } from '../support/user-token.js'

interface Person {
  readonly agent: TestAgent
  readonly token: string
  readonly emit: (id: string, fields?: object) => Promise<unknown>
}

async function setUp(): Promise<Person> {
  const agent = await openAgent()
  const token = await userToken(agent, 'ann')
  const emit = (id: string, fields: object = {}) =>
    agent.client.emit({ user_id: 'ann', type: 'task.created', title: id, body: '', id, ...fields })
  return { agent, token, emit }
}

async function openTab({ agent, token }: Person, browser = new NodeBrowser()): Promise<NodeTab> {
  const tab = browser.open({ url: agent.url, token })
  await until(tab, ({ connection, complete }) => connection === 'live' && complete)
  return tab
}

async function until({ center }: NodeTab, fits: (state: NodeTab['center']['state']) => boolean): Promise<void> {
  await expect.poll(() => fits(center.state), { timeout: 20_000, message: `${fits} does not come true` }).toBe(true)
}

const ids = ({ center }: NodeTab) => center.state.items.map(({ event }) => event.id)

describe('the notification center', () => {
  it('has history and stream in one list, and what happens now on top', async () => {
    const person = await setUp()
    for (let i = 0; i < 3; i++) await person.emit(`evt_${i}`)
    const tab = await openTab(person)
    expect(ids(tab)).toEqual(['evt_2', 'evt_1', 'evt_0'])
    await person.emit('evt_3')
    await until(tab, ({ items }) => items.length === 4)
    expect(ids(tab)).toEqual(['evt_3', 'evt_2', 'evt_1', 'evt_0'])
    expect(tab.happened).toEqual(['evt_3'])
    expect(tab.announced).toEqual(['evt_3'])
    expect(tab.center.state).toMatchObject({ user: 'ann', transport: 'ws', away: 0, unread: { total: 4, action: 0 } })
    // The agent is told that it was taken.
    const steps = async () => (await person.agent.client.events.trace('evt_3', 'ann')).trace.map(({ step }) => step)
    await expect.poll(steps, { timeout: 10_000 }).toContain('received')
  })

  it('announces nothing that a handler has shown, and hears of families of types', async () => {
    const person = await setUp()
    const tab = await openTab(person)
    const heard: string[] = []
    const stop = tab.center.on('task.*', ({ id }) => {
      heard.push(id)
      return id === 'evt_0'
    })
    await person.emit('evt_0')
    await person.emit('evt_1')
    await person.emit('evt_2', { type: 'other.type' })
    await expect.poll(() => tab.announced).toEqual(['evt_1', 'evt_2'])
    expect(heard).toEqual(['evt_0', 'evt_1'])
    stop()
    await person.emit('evt_3')
    await expect.poll(() => tab.announced).toHaveLength(3)
    expect(heard).toHaveLength(2)
  })

  it('shows a change at once, and takes it back when the agent does not have it', async () => {
    const person = await setUp()
    await person.emit('evt_0')
    const tab = await openTab(person)
    const reading = tab.center.markRead(['evt_0'])
    await Promise.resolve()
    expect(tab.center.state).toMatchObject({ unread: { total: 0 }, items: [{ read: true, seen: true }] })
    await reading
    await tab.center.markUnread(['evt_0'])
    await until(tab, ({ unread }) => unread.total === 1)
    await expect(tab.center.snooze('evt_0', 1)).rejects.toMatchObject({ code: 'EC_FIELD_INVALID', status: 422 })
    expect(tab.center.state).toMatchObject({ unread: { total: 1 }, items: [{ snoozedUntil: null }] })
    await person.agent.stop()
    await expect(tab.center.archive(['evt_0'])).rejects.toMatchObject({ name: 'CenterError', status: 0 })
    expect(tab.center.state).toMatchObject({ unread: { total: 1 }, items: [{ archived: false }] })
    await until(tab, ({ connection }) => connection === 'offline')
  })

  it('follows what others do: seen, read, put away, snoozed, taken back', async () => {
    const person = await setUp()
    const { events } = person.agent.client
    for (let i = 0; i < 4; i++) await person.emit(`evt_${i}`)
    const tab = await openTab(person)
    const soon = Date.now() + 1_500
    await events.seen('evt_0', 'ann')
    await events.archive('evt_1', 'ann')
    await events.snooze('evt_2', new Date(soon).toISOString(), 'ann')
    await events.retract('evt_3', 'ann')
    await until(tab, ({ items }) => items.length === 3 && items.some(({ snoozedUntil }) => snoozedUntil === soon))
    expect(tab.center.state.items).toMatchObject([
      { event: { id: 'evt_2' }, read: false },
      { event: { id: 'evt_1' }, archived: true },
      { event: { id: 'evt_0' }, seen: true, read: false },
    ])
    expect(tab.center.state.unread.total).toBe(2)
    await until(tab, ({ items }) => items[0]?.snoozedUntil === null)
    await tab.center.unarchive(['evt_1'])
    await until(tab, ({ unread }) => unread.total === 3)
  })

  it('notices events that are sent to no page', async () => {
    const person = await setUp()
    const tab = await openTab(person)
    await person.emit('evt_0', { channels: [] })
    await person.emit('evt_1')
    await until(tab, ({ items }) => items.length === 2)
    expect(ids(tab)).toEqual(['evt_1', 'evt_0'])
    expect(tab.happened).toEqual(['evt_1'])
    expect(tab.center.state.unread.total).toBe(2)
  })

  it('knows how a question ended: by somebody else, by its deadline, or not at all', async () => {
    const person = await setUp()
    const ask = (id: string, fields: object) =>
      person.emit(id, { type: 'action.required', ...fields, data: { options: ['a', 'b'], ...Object(fields).data } })
    const soon = new Date(Date.now() + 1_500).toISOString()
    await ask('evt_other', {})
    await ask('evt_default', { expires_at: soon, data: { default_option: 'b' } })
    await ask('evt_never', { expires_at: soon })
    const tab = await openTab(person)
    const asked = (id: string) => tab.center.state.items.find(({ event }) => event.id === id)?.question
    expect(asked('evt_other')).toEqual({ id: 'evt_other', state: 'open', answer: null })
    await person.agent.client.questions.answer('evt_other', { option: 'a' }, 'ann')
    await expect.poll(() => asked('evt_other'), { timeout: 10_000 }).toMatchObject({ state: 'answered', answer: 'a' })
    await expect.poll(() => asked('evt_default'), { timeout: 10_000 }).toMatchObject({ state: 'answered', answer: 'b' })
    await expect.poll(() => asked('evt_never'), { timeout: 10_000 }).toMatchObject({ state: 'expired', answer: null })
    await expect(tab.center.answer('evt_never', 'a')).rejects.toMatchObject({ code: 'EC_QUESTION_CLOSED' })
    await expect(tab.center.answer('evt_default', 'a')).rejects.toMatchObject({
      code: 'EC_CONFLICT',
      problem: { winner: { option: 'b' } },
    })
    // Another page reads the same from history.
    const late = await openTab(person)
    await until(late, ({ items }) => items.filter(({ question }) => (question?.answer ?? null) !== null).length === 2)
    expect(late.center.state.items.map(({ question }) => question)).toEqual([
      asked('evt_never'),
      asked('evt_default'),
      asked('evt_other'),
    ])
  })

  it('loads older history page by page, without what is no item', async () => {
    const person = await setUp()
    const { agent } = person
    const all = Array.from({ length: 230 }, (_, i) => `evt_${i}`)
    await agent.client.emitMany(all.map(id => ({ user_id: 'ann', type: 'task.created', title: id, body: '', id })))
    await agent.client.emitMany(
      Array.from({ length: 120 }, (_, i) => ({
        user_id: 'ann',
        type: 'job.progress',
        title: 'p',
        body: '',
        data: { job_id: 'j', percent: i },
      })),
    )
    const tab = new NodeBrowser().open({ url: agent.url, token: person.token })
    await until(tab, ({ connection, progress }) => connection === 'live' && progress.length === 1)
    expect(tab.center.state.progress[0]?.data).toMatchObject({ percent: 119 })
    let more = true
    for (let pages = 0; more && pages < 10; pages++) more = await tab.center.loadMore()
    expect(more).toBe(false)
    expect(ids(tab)).toEqual(all.toReversed())
    expect(tab.center.state.complete).toBe(true)
  })

  it('shares a connection between tabs, and hands it on when its tab is closed or crashes', async () => {
    const person = await setUp()
    const browser = new NodeBrowser()
    const tabs = [await openTab(person, browser), await openTab(person, browser), await openTab(person, browser)]
    await person.emit('evt_0')
    for (const tab of tabs) await expect.poll(() => tab.happened).toEqual(['evt_0'])
    expect(tabs.flatMap(({ announced }) => announced)).toEqual(['evt_0'])
    tabs[0]?.center.close()
    await person.emit('evt_1')
    for (const tab of tabs.slice(1)) await until(tab, ({ items }) => items.length === 2)
    tabs[1]?.crash()
    await person.emit('evt_2')
    const last = tabs[2]!
    await until(last, ({ items, connection }) => items.length === 3 && connection === 'live')
    await person.emit('evt_3')
    await expect.poll(() => last.announced).toContain('evt_3')
    expect(ids(last)).toEqual(['evt_3', 'evt_2', 'evt_1', 'evt_0'])
    expect(last.center.state.unread.total).toBe(4)
  })

  it('says that nobody is signed in when the token is not good, and asks for no other', async () => {
    const { agent } = await setUp()
    const tab = new NodeBrowser().open({ url: agent.url, token: 'nonsense' })
    await until(tab, ({ connection }) => connection === 'signed-out')
    expect(tab.center.state).toMatchObject({ user: null, items: [] })
    await expect(tab.center.markAllRead()).rejects.toMatchObject({ code: 'EC_UNAUTHENTICATED' })
  })

  it('waits for an agent that is not there yet', async () => {
    const person = await setUp()
    let url = 'http://127.0.0.1:9/'
    const tab = new NodeBrowser().open(
      { url: 'http://agent.test/', token: person.token },
      {
        fetch: (input, init) => fetch(String(input).replace('http://agent.test/', url), init),
        openSocket: () => {
          throw new Error('forbidden by a policy of the page')
        },
      },
    )
    await until(tab, ({ connection }) => connection === 'offline')
    url = `${person.agent.url}/`
    // Where a page may open no WebSocket at all, server-sent events do.
    await until(tab, ({ connection, transport }) => connection === 'live' && transport === 'sse')
    await person.emit('evt_0')
    await expect.poll(() => tab.announced).toEqual(['evt_0'])
  })
})
