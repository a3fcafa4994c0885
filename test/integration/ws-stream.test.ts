import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openLiveAgent, OPERATOR, type LiveAgent } from '../support/live-agent.js'
import type { ReadFrame } from '../support/ws-client.js'

/** Everything that clients of this user must have seen, and may have seen, by now. */
async function streamOf(agent: LiveAgent, userId: string) {
  const items = await agent.backend.store.readStream(userId, 0, 100_000)
  return { events: items.filter(item => item.kind === 'event'), states: items.filter(item => item.kind === 'state') }
}

function ascending(frames: readonly ReadFrame[]): boolean {
  const seqs = frames.flatMap(frame => frame.seq ?? [])
  return seqs.every((seq, i) => i === 0 || seq > (seqs[i - 1] ?? 0))
}

describe('the numbered stream', () => {
  it('replays all that was missed, in order, before it says live', async () => {
    const agent = await openLiveAgent()
    const { epoch } = agent.backend.store.identity()
    for (let i = 0; i < 3; i++) await agent.emit('ann', { title: `event ${i}` })
    const client = await agent.connect('ann', `?cursor=${epoch}.1`)
    await client.live()
    expect(client.frames).toMatchObject([
      { t: 'hello', head: 3, recovered: true, replay: 2 },
      { t: 'ev', seq: 2, replay: true, ev: { title: 'event 1' } },
      { t: 'ev', seq: 3, replay: true, ev: { title: 'event 2' } },
      { t: 'live' },
    ])
    await agent.emit('ann')
    expect((await client.events(3))[2]).not.toHaveProperty('replay')
  })

  it('replays more than one page completely', async () => {
    const agent = await openLiveAgent()
    const { epoch } = agent.backend.store.identity()
    const raws = Array.from({ length: 1000 }, (_, i) => raw('ann', `event ${i}`))
    await agent.emitter.emitMany(OPERATOR, raws, null)
    const client = await agent.connect('ann', `?cursor=${epoch}.0`)
    await client.live()
    expect(client.frames[0]).toMatchObject({ replay: 1000 })
    expect(client.evs.map(frame => frame.seq)).toEqual(raws.map((_, i) => i + 1))
  })

  it.each([
    ['another epoch', () => 'other.1'],
    ['a number beyond the head', (epoch: string) => `${epoch}.4`],
    ['no cursor at all, but text', () => 'hello'],
  ])('says that it cannot recover from %s, and begins at the head', async (_name, cursor) => {
    const agent = await openLiveAgent()
    for (let i = 0; i < 3; i++) await agent.emit('ann')
    const client = await agent.connect('ann', `?cursor=${cursor(agent.backend.store.identity().epoch)}`)
    await client.live()
    expect(client.frames[0]).toMatchObject({ head: 3, recovered: false, replay: 0 })
    expect(client.evs).toEqual([])
  })

  it('cannot recover what retention has taken', async () => {
    const agent = await openLiveAgent()
    const { store } = agent.backend
    const { epoch } = store.identity()
    for (let i = 0; i < 3; i++) await agent.emit('ann')
    const before = agent.clock.now() + 1
    const limits = {
      progressBefore: 0,
      bodiesBefore: 0,
      notificationsBefore: 0,
      callsBefore: 0,
      jobsBefore: 0,
      engagementBefore: 0,
      reportsBefore: 0,
      sessionsBefore: 0,
      tracesBefore: 0,
    }
    await store.prune({ ...limits, eventsBefore: before }, 100)
    await agent.emit('ann')
    const lost = await agent.connect('ann', `?cursor=${epoch}.1`)
    const kept = await agent.connect('ann', `?cursor=${epoch}.3`)
    expect((await lost.live()).frames[0]).toMatchObject({ recovered: false })
    expect((await kept.live()).frames[0]).toMatchObject({ recovered: true, replay: 1 })
  })

  it('sends no event that is for the history only, live or replayed', async () => {
    const agent = await openLiveAgent()
    const { epoch } = agent.backend.store.identity()
    const client = await (await agent.connect('ann')).live()
    await agent.emit('ann', { channels: [], title: 'quiet' })
    await agent.emit('ann', { title: 'loud' })
    expect(await client.events(1)).toMatchObject([{ seq: 2, ev: { title: 'loud' } }])
    const later = await (await agent.connect('ann', `?cursor=${epoch}.0`)).live()
    expect(later.evs).toMatchObject([{ seq: 2, ev: { title: 'loud' } }])
  })

  it('never sends what was withdrawn, and tells of the withdrawal', async () => {
    const agent = await openLiveAgent()
    const { store, bus } = agent.backend
    const { id } = await agent.emit('ann')
    const change = {
      userId: 'ann',
      ids: [id],
      state: 'retracted',
      by: 'x',
      at: agent.clock.now(),
      until: null,
    } as const
    bus.publish('stream', { userId: 'ann', items: await store.changeStates(change) })
    const client = await (await agent.connect('ann', `?cursor=${store.identity().epoch}.0`)).live()
    expect(client.evs).toEqual([])
    expect(client.frames).toContainEqual({ t: 'st', seq: 2, id, state: 'retracted', by: 'x' })
  })

  it('joins what was emitted in one turn into one message', async () => {
    const agent = await openLiveAgent()
    const client = await (await agent.connect('ann')).live()
    await agent.emitter.emitMany(
      OPERATOR,
      Array.from({ length: 20 }, (_, i) => raw('ann', `event ${i}`)),
      null,
    )
    await client.events(20)
    expect(client.messages.filter(message => message.includes('"t":"ev"'))).toHaveLength(1)
  })

  it.each([
    { store: 'near', distant: false },
    { store: 'distant', distant: true },
  ])(
    'loses and repeats nothing when the bus loses, delays, repeats and reorders, with a $store store',
    async ({ distant }) => {
      const agent = await openLiveAgent({ distant })
      const { store, bus } = agent.backend
      const client = await (await agent.connect('ann')).live()
      const { ids } = agent
      const append = async (n: number) => {
        const { emitter } = agent
        const made = emitter.makeOwn(
          Array.from({ length: n }, () => ({
            user_id: 'ann',
            type: 'task.x',
            title: 't',
            body: ids.uuid(),
            level: 'info',
          })),
        )
        return (await store.appendEvents(made)).flatMap(one =>
          one.outcome === 'appended' && one.item ? [one.item] : [],
        )
      }
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 8 }),
          fc.infiniteStream(fc.nat(9)),
          async (sizes, dice) => {
            for (const size of sizes) {
              const items = await append(size)
              const told = items.flatMap(item => {
                const fate = dice.next().value ?? 0
                return fate === 0 ? [] : fate === 1 ? [item, item] : [item]
              })
              if ((dice.next().value ?? 0) < 3) told.reverse()
              for (const item of told) {
                bus.publish('stream', { userId: 'ann', items: [item] })
                if ((dice.next().value ?? 0) < 3) await new Promise(resolve => setImmediate(resolve))
              }
            }
            // The last word is heard, as a heartbeat would make sure.
            bus.publish('stream', { userId: 'ann', items: await append(1) })
            const { seq } = await store.getHead('ann')
            await client.until(() => client.cursor >= seq)
          },
        ),
        { numRuns: 60 },
      )
      const { events } = await streamOf(agent, 'ann')
      expect(client.evs.map(frame => frame.seq)).toEqual(events.map(item => item.seq))
      // Nobody goes on asking when there is nothing more to learn.
      await pause(20)
      const reads = agent.reads()
      await pause(20)
      expect(agent.reads()).toBe(reads)
    },
  )

  it('asks the store once when it missed something that is not to be shown', async () => {
    const agent = await openLiveAgent()
    const { store, bus } = agent.backend
    await (await agent.connect('ann')).live()
    const quiet = { ...raw('ann', 'quiet'), level: 'info', channels: [] } as const
    const appended = await store.appendEvents(agent.emitter.makeOwn([quiet, quiet]))
    const before = agent.reads()
    bus.publish('stream', { userId: 'ann', items: appended.flatMap(one => ('item' in one && one.item) || []).slice(1) })
    await pause(30)
    expect(agent.reads()).toBe(before + 1)
  })

  it.each([
    { store: 'near', distant: false },
    { store: 'distant', distant: true },
  ])(
    'brings every client the whole stream through any number of cut connections, with a $store store',
    async ({ distant }) => {
      const agent = await openLiveAgent({ distant })
      const { store, bus } = agent.backend
      const { epoch } = store.identity()
      const users = ['ann', 'bob', 'cy']
      let writing = true

      async function write(userId: string): Promise<void> {
        const mine: string[] = []
        for (let round = 0; round < 120; round++) {
          const n = 1 + Math.floor(Math.random() * 12)
          const batch = Array.from({ length: n }, (_, i) => ({
            ...raw(userId, `round ${round}.${i}`),
            ...(Math.random() < 0.1 ? { channels: [] } : {}),
          }))
          const results = await agent.emitter.emitMany(OPERATOR, batch, null)
          mine.push(...results.flatMap(result => ('id' in result ? [result.id] : [])))
          if (Math.random() < 0.3) {
            const ids = [mine[Math.floor(Math.random() * mine.length)] ?? '']
            const state = Math.random() < 0.5 ? 'read' : 'retracted'
            const items = await store.changeStates({ userId, ids, state, by: null, at: agent.clock.now(), until: null })
            bus.publish('stream', { userId, items })
          }
          if (Math.random() < 0.2) await pause(Math.random() * 5)
        }
      }

      async function follow(userId: string): Promise<readonly ReadFrame[][]> {
        const sessions: ReadFrame[][] = []
        let cursor = 0
        for (;;) {
          const last = !writing
          const client = await agent.connect(userId, `?cursor=${epoch}.${cursor}`)
          if (last) {
            const { seq } = await store.getHead(userId)
            await client.live()
            // What stands at the end of the stream may not be shown; then live is the last word.
            if (client.cursor < seq) await pause(20)
          } else await pause(Math.random() * 40)
          client.ws.terminate()
          sessions.push([...client.frames])
          cursor = Math.max(cursor, client.cursor)
          if (last) return sessions
        }
      }

      const followers = users.flatMap(userId => [1, 2].map(async () => ({ userId, sessions: await follow(userId) })))
      await Promise.all(users.map(write))
      writing = false
      for (const follower of followers) {
        const { userId, sessions } = await follower
        const { events, states } = await streamOf(agent, userId)
        const seen = sessions.flat()
        expect(sessions.length).toBeGreaterThan(3)
        expect(sessions.every(ascending)).toBe(true)
        expect(
          sessions.every(([first]) => first === undefined || (first.t === 'hello' && first['recovered'] === true)),
        ).toBe(true)
        expect(ascending(seen.filter(frame => frame.seq !== undefined))).toBe(true)
        const ids = new Set(seen.flatMap(frame => frame.ev?.id ?? []))
        expect(events.filter(item => !ids.has(item.id))).toEqual([])
        const numbers = new Set(seen.map(frame => frame.seq))
        expect(states.filter(item => !numbers.has(item.seq))).toEqual([])
      }
    },
    60_000,
  )
})

function raw(userId: string, title: string) {
  return { user_id: userId, type: 'task.created', title, body: 'x'.repeat(Math.floor(Math.random() * 300)) }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
