import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createClient, type NewEvent } from '#ec/client.js'
import { ActivityReader } from '../support/activity-reader.js'
import { openAgent, type TestAgent } from '../support/agent.js'
import { tempDir } from '../support/temp-dir.js'
import { githubPush, SECRET } from '../unit/agent/http/doors.js'

function aTask(title: string, user = 'ana'): NewEvent {
  return { user_id: user, type: 'task.created', title, body: '' }
}

async function addRepository({ client, url }: TestAgent): Promise<string> {
  const { id } = await client.resources.add({ provider: 'github', user: 'ana', secret: SECRET })
  return `${url}/webhooks/github/${id}`
}

async function push(url: string, secret = SECRET): Promise<number> {
  const { headers, body } = githubPush(undefined, secret)
  const sent = { ...headers, 'x-github-delivery': randomUUID() }
  return (await fetch(url, { method: 'POST', headers: sent, body })).status
}

function remoteClient(agent: TestAgent, token: string) {
  const client = createClient({ url: agent.url, token })
  onTestFinished(() => client.close())
  return client
}

describe('the activity of an agent', () => {
  it('begins with the newest of what is there', async () => {
    const { client } = await openAgent()
    await client.emitMany(Array.from({ length: 60 }, (_, i) => aTask(`t${i}`, i % 2 === 0 ? 'ana' : 'ben')))
    const reader = await ActivityReader.follow(client)
    const { instance } = await client.status()
    expect(reader.types).toEqual(['connected', 'frame'])
    expect(reader.titles).toEqual(Array.from({ length: 50 }, (_, i) => `t${i + 10}`))
    expect(reader.frames[0]).toMatchObject({
      instance,
      notifications: [],
      skipped: { notifications: 0, events: 0 },
      totals: { events: 60, notifications: 0, refused: 0, deliveries: 0, jobs: 0, calls: 0 },
      clients: 0,
    })
  })

  it('goes on with events of all users, as the list of events shows them', async () => {
    const { client } = await openAgent()
    const reader = await ActivityReader.follow(client)
    await client.emit(aTask('one', 'ana'))
    await client.emit({ ...aTask('two', 'ben'), type: 'job.progress', data: { job_id: 'j', percent: 5 } })
    await reader.until(() => reader.titles.length === 2)
    const { events } = await client.events.list()
    expect(reader.frames.flatMap(frame => frame.events)).toEqual(events)
    expect(events.map(({ user_id }) => user_id)).toEqual(['ana', 'ben'])
  })

  it('shows a webhook with what came of it, and one that was refused', async () => {
    const agent = await openAgent()
    const url = await addRepository(agent)
    const reader = await ActivityReader.follow(agent.client)
    expect(await push(url)).toBe(202)
    expect(await push(url, 'another secret')).toBe(401)
    expect(await push(`${agent.url}/webhooks/github/nothing`)).toBe(404)
    await reader.until(() => reader.notifications.length === 2 && reader.frames.at(-1)?.totals.jobs === 1)
    const { notifications } = await agent.client.notifications.list()
    expect(reader.notifications).toEqual(notifications.map(({ id }) => id))
    await reader.until(() => reader.titles.length === 1)
    const last = reader.frames.at(-1)
    expect(last?.totals).toEqual({ notifications: 1, refused: 2, events: 1, deliveries: 0, jobs: 1, calls: 0 })
    expect(last?.jobs).toMatchObject({ done: 1, dead: 0 })
  })

  it('counts clients, and each event that one of them gets', async () => {
    const { client } = await openAgent()
    const stop = new AbortController()
    const listen = async () => {
      for await (const item of client.stream({ user: 'ana', signal: stop.signal })) if (item.type === 'event') return
    }
    const listeners = [listen(), listen()]
    onTestFinished(() => stop.abort())
    while ((await client.status()).clients < 2) await client.health()
    const reader = await ActivityReader.follow(client)
    expect(reader.frames[0]?.clients).toBe(2)
    await client.emit(aTask('for ana'))
    await client.emit(aTask('for nobody who is there', 'ben'))
    await Promise.all(listeners)
    await reader.until(() => reader.frames.at(-1)?.totals.deliveries === 2)
    expect(reader.frames.at(-1)?.totals.events).toBe(2)
  })

  it('accounts for every event of a rush', async () => {
    const { client } = await openAgent()
    const reader = await ActivityReader.follow(client)
    await client.emitMany(Array.from({ length: 3_000 }, (_, i) => aTask(`t${i}`)))
    await reader.until(() => reader.titles.length + reader.skipped >= 3_000)
    expect(reader.titles.length + reader.skipped).toBe(3_000)
    expect(reader.titles.at(-1)).toBe('t2999')
    expect(new Set(reader.titles).size).toBe(reader.titles.length)
    for (const { events } of reader.frames) expect(events.length).toBeLessThanOrEqual(200)
    await reader.until(() => reader.frames.at(-1)?.totals.events === 3_000)
  })

  it('is for operators', async () => {
    const agent = await openAgent()
    const { client } = agent
    const { key: emitter } = await client.keys.create({ name: 'emitter', scope: ['emit', 'read'] })
    const { key: operator } = await client.keys.create({ name: 'operator', scope: ['operate'] })
    const { token } = await client.tokens.create('ana')
    for (const [bearer, code, status] of [
      [emitter, 'EC_FORBIDDEN', 403],
      [token, 'EC_FORBIDDEN', 403],
      ['wrong', 'EC_UNAUTHENTICATED', 401],
    ] as const) {
      const reading = remoteClient(agent, bearer).activity()[Symbol.asyncIterator]()
      await expect(reading.next()).rejects.toMatchObject({ code, status })
    }
    const reader = await ActivityReader.follow(remoteClient(agent, operator))
    expect(reader.types).toEqual(['connected', 'frame'])
  })

  it('ends when it is told to, on either side of the client', async () => {
    const { socket } = await openAgent()
    const stop = new AbortController()
    const client = createClient({ socket, signal: stop.signal })
    const reader = await ActivityReader.follow(client)
    stop.abort()
    expect(await reader.ended).toBeNull()
    expect(reader.types).toEqual(['connected', 'frame'])
  })

  it('is lost when the agent stops, and goes on where it was when it is back', async () => {
    const first = await openAgent()
    await first.client.emit(aTask('before'))
    const reader = await ActivityReader.follow(first.client)
    await first.client.emit(aTask('just before the end'))
    await reader.until(() => reader.titles.length === 2)
    await first.stop()
    await reader.until(() => reader.types.at(-1) === 'lost')
    expect(reader.items.find(({ type }) => type === 'lost')).toMatchObject({ code: 'EC_DRAINING' })
    const second = await openAgent({}, null, first.home)
    await second.client.emit(aTask('while it was away'))
    await reader.until(() => reader.types.at(-1) === 'frame')
    await second.client.emit(aTask('after'))
    await reader.until(() => reader.titles.length === 4)
    expect(reader.titles).toEqual(['before', 'just before the end', 'while it was away', 'after'])
    expect(reader.types.filter(type => type === 'connected')).toHaveLength(2)
    expect(reader.frames.at(-1)?.totals.events).toBe(2)
  })

  it('waits for an agent that is not there yet', async () => {
    const { home, stop, socket } = await openAgent()
    await stop()
    const client = createClient({ socket })
    const following = ActivityReader.follow(client)
    await openAgent({}, null, home)
    const reader = await following
    expect(reader.items[0]).toMatchObject({ type: 'lost', code: 'EC_AGENT_UNREACHABLE' })
    expect(reader.types.slice(-2)).toEqual(['connected', 'frame'])
  })

  it('begins anew when a backup has taken the place of the store', async () => {
    const { client } = await openAgent()
    await client.emit(aTask('in the backup'))
    const file = join(tempDir(), 'copy.db')
    await client.backup(file)
    await client.emit(aTask('not in the backup'))
    const reader = await ActivityReader.follow(client)
    expect(reader.titles).toEqual(['in the backup', 'not in the backup'])
    await client.restore(file)
    await reader.until(() => reader.titles.length === 3)
    await client.emit(aTask('after the restore'))
    await reader.until(() => reader.titles.length === 4)
    expect(reader.titles.slice(2)).toEqual(['in the backup', 'after the restore'])
    expect(reader.types).not.toContain('lost')
  })
})
