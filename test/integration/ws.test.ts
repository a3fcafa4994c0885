import { describe, expect, it } from 'vitest'
import { openLiveAgent } from '../support/live-agent.js'

describe('a WebSocket client', () => {
  it('is greeted, then gets what is emitted for its user, as it was stored', async () => {
    const agent = await openLiveAgent()
    const client = await agent.connect('ann')
    await client.live()
    expect(client.frames[0]).toMatchObject({
      t: 'hello',
      user: 'ann',
      epoch: agent.backend.store.identity().epoch,
      head: 0,
      recovered: true,
      replay: 0,
      ping: 25,
      unread: { total: 0, action: 0 },
    })
    const { id } = await agent.emit('ann', { title: 'Grüße, мир' })
    await agent.emit('bob')
    const [frame] = await client.events(1)
    const [stored] = await agent.backend.store.getEvents(id)
    expect(frame).toEqual({ t: 'ev', seq: 1, ev: JSON.parse(stored?.json ?? '') })
    expect(client.evs).toHaveLength(1)
  })
})
