import { describe, expect, it } from 'vitest'
import type { ActivityFrame, ActivityItem } from '#ec/client.js'
import { openAgent } from '../support/agent.js'

describe('the activity', () => {
  it('begins with what is there and goes on with what comes', async () => {
    const { client } = await openAgent()
    await client.emit({ user_id: 'ana', type: 'task.a', title: 'one', body: '' })
    const items: ActivityItem[] = []
    for await (const item of client.activity()) {
      items.push(item)
      if (items.length === 2) await client.emit({ user_id: 'ben', type: 'task.a', title: 'two', body: '' })
      if (items.length === 3) break
    }
    const frames: ActivityFrame[] = items.flatMap(item => (item.type === 'frame' ? [item.frame] : []))
    expect(items[0]).toEqual({ type: 'connected' })
    expect(frames.map(({ events }) => events.map(({ title }) => title))).toEqual([['one'], ['two']])
    expect(frames[1]).toMatchObject({ totals: { events: 2 } })
  })
})
