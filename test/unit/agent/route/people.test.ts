import { expect, it } from 'vitest'
import { openPeople } from '#ec/agent/route/people.js'
import { silentLog } from '#ec/core/log.js'
import { quietZone } from '#ec/core/preferences.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { openTestBackend } from '../../../support/test-backend.js'

const MUTED = { mute: [{ type: 'task.*' }] }

async function open() {
  const { store, bus } = await openTestBackend(new FakeClock())
  await store.putUser({ id: 'silent' }, 0)
  await store.putPreferences('ann', MUTED, 0)
  return { store, bus, people: await openPeople({ store, bus, log: silentLog }) }
}

it('knows from the start who said what, and nobody else', async () => {
  const { people } = await open()
  expect(people.find('ann')?.preferences.mute).toEqual(MUTED.mute)
  expect(people.find('ann')).toBe(people.find('ann'))
  expect(people.find('silent')).toBeNull()
  expect(people.find('nobody')).toBeNull()
})

it('knows a change once it is refreshed: preferences, time zone, erasure', async () => {
  const { store, people } = await open()
  await store.putPreferences('bob', { quiet_hours: { from: '22:00', to: '07:00' } }, 0)
  await store.putUser({ id: 'bob', tz: 'Europe/Madrid' }, 0)
  await people.refresh('bob')
  expect(people.find('bob')).toMatchObject({ tz: 'Europe/Madrid', preferences: { quiet_hours: { to: '07:00' } } })
  await store.putPreferences('bob', { quiet_hours: null }, 0)
  await people.refresh('bob')
  expect(people.find('bob')).toBeNull()
  await store.eraseUser('ann')
  await people.refresh('ann')
  expect(people.find('ann')).toBeNull()
})

it('hears of a change by the bus', async () => {
  const { store, bus, people } = await open()
  await store.putPreferences('ann', { mute: [] }, 0)
  bus.publish('changed', { what: 'user', id: 'ann' })
  await expect.poll(() => people.find('ann')).toBeNull()
})

it('does not take an old answer for the newest', async () => {
  const { store, bus } = await openTestBackend(new FakeClock())
  await store.putPreferences('ann', MUTED, 0)
  const answers: (() => void)[] = []
  const slow = {
    listPeople: store.listPeople,
    async getPerson(id: string) {
      const person = await store.getPerson(id)
      await new Promise<void>(resolve => answers.push(resolve))
      return person
    },
  }
  const people = await openPeople({ store: slow, bus, log: silentLog })
  const first = people.refresh('ann')
  await expect.poll(() => answers.length).toBe(1)
  await store.putPreferences('ann', { mute: [] }, 0)
  const second = people.refresh('ann')
  await expect.poll(() => answers.length).toBe(2)
  answers[1]?.()
  await second
  answers[0]?.()
  await first
  expect(people.find('ann')).toBeNull()
})

it('takes UTC for a time zone that this Node does not know', async () => {
  const { store, people } = await open()
  await store.putPreferences('ann', { quiet_hours: { from: '22:00', to: '07:00', tz: 'Mars/Olympus' } }, 0)
  await people.refresh('ann')
  const ann = people.find('ann')
  expect(ann && quietZone(ann)).toBe('UTC')
  expect(ann?.preferences.quiet_hours).toEqual({ from: '22:00', to: '07:00' })
})
