import { describe, expect, it } from 'vitest'
import { Delivery } from '../support/delivery.ts'

const USERS = Array.from({ length: 25 }, (_, i) => `user${i}`)

describe('a push service as a whole', () => {
  it('is left in peace when it asks several devices for patience, and then everything goes out', async () => {
    const d = await Delivery.open()
    for (const user of USERS) await d.device(user, { status: 429, headers: { 'retry-after': '120' } })
    await d.device('ann')
    const ids = await emitToAll(d)
    const asked = d.service.arrived()
    expect(asked).toBeLessThan(10)
    const late = await d.emit()
    await d.pass(100_000)
    expect(d.service.arrived()).toBe(asked)
    expect(await d.told(late)).toContain('the push service asked for patience')
    for (let minute = 0; minute < 8; minute++) await d.pass(60_000)
    expect([...d.shown()].toSorted()).toEqual([...ids, late].toSorted())
  })

  it('that fails for everybody is tried with one message at a time until it is back', async () => {
    const d = await Delivery.open()
    const addresses = USERS.map(() => d.service.subscribe())
    for (const [i, address] of addresses.entries()) {
      d.service.stand(address.endpoint, 503)
      await d.subscribe(USERS[i]!, address)
    }
    const ids = await emitToAll(d)
    const first = d.service.arrived()
    await d.pass(8_000)
    expect(d.service.arrived()).toBe(first)
    await d.pass(35_000)
    // The other tries of that time waited for what became of one.
    expect(d.service.arrived()).toBe(first + 1)
    for (const { endpoint } of addresses) d.service.stand(endpoint, null)
    for (let minute = 0; minute < 20; minute++) await d.pass(60_000)
    expect([...d.shown()].toSorted()).toEqual([...ids].toSorted())
  })
})

async function emitToAll(d: Delivery): Promise<readonly string[]> {
  const ids: string[] = []
  for (const user_id of USERS) {
    ids.push(await d.emit({ user_id }))
    await d.settle()
  }
  return ids
}
