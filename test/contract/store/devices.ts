import { describe, expect, it } from 'vitest'
import type { NewDevice } from '#ec/core/device.js'
import { anEvent, T0 } from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'
import { addJobs, claim, done, leaseOf } from './jobs.ts'

const ENDPOINT = 'https://push.example.org/send/a-secret-capability'

const aDevice = (over: Partial<NewDevice> & { readonly endpoint?: string } = {}): NewDevice => {
  const { endpoint = ENDPOINT, ...rest } = over
  return {
    id: 'dev_1',
    userId: 'anna',
    address: { endpoint, p256dh: 'the-public-key', auth: 'the-shared-secret' },
    keyId: 'k1',
    secretHash: 'h1',
    name: 'Phone',
    platform: 'Android',
    locale: 'ru',
    tz: 'Europe/Madrid',
    at: T0,
    ...rest,
  }
}

export function deviceContract(open: OpenStore): void {
  describe('devices', () => {
    it('are kept with their address, which nobody can read on the disk', async () => {
      const t = await open()
      const device = await t.store.putDevice(aDevice(), 20)
      expect(device).toEqual({
        id: 'dev_1',
        userId: 'anna',
        keyId: 'k1',
        secretHash: 'h1',
        name: 'Phone',
        platform: 'Android',
        locale: 'ru',
        tz: 'Europe/Madrid',
        createdAt: T0,
        seenAt: T0,
        lastOkAt: null,
        lastErrorAt: null,
        lastError: null,
        shownAt: null,
        unshown: 0,
      })
      await t.reopen()
      expect(await t.store.getDevice('dev_1')).toEqual(device)
      expect(await t.store.getPushAddress('dev_1')).toEqual(aDevice().address)
      expect(await t.store.getUser('anna')).toMatchObject({ id: 'anna' })
      for (const secret of [ENDPOINT, 'the-shared-secret', 'a-secret-capability']) {
        expect(t.rawBytes().includes(secret)).toBe(false)
      }
      expect(await t.store.getDevice('dev_2')).toBeNull()
      expect(await t.store.getPushAddress('dev_2')).toBeNull()
    })

    it('are had in part where the rest is not needed', async () => {
      const { store } = await open()
      const device = await store.putDevice(aDevice(), 20)
      await store.putDevice(aDevice({ id: 'dev_2', endpoint: `${ENDPOINT}/2`, name: null, platform: 'Firefox' }), 20)
      await store.putDevice(aDevice({ id: 'dev_3', endpoint: `${ENDPOINT}/3`, userId: 'ben' }), 20)
      const { id, userId, keyId, secretHash, seenAt } = device
      expect(await store.getDeviceStanding('dev_1')).toEqual({ id, userId, keyId, secretHash, seenAt })
      expect(await store.getDeviceStanding('dev_9')).toBeNull()
      expect(await store.nameDevices('anna')).toEqual([
        { id: 'dev_1', name: device.name, platform: device.platform },
        { id: 'dev_2', name: null, platform: 'Firefox' },
      ])
      expect(await store.nameDevices('nobody')).toEqual([])
    })

    it('are known by their endpoint, and keep their id and history when they come again', async () => {
      const t = await open()
      await t.store.putDevice(aDevice(), 20)
      await t.store.noteDevice({ id: 'dev_1', at: T0 + 1, error: null })
      const again = aDevice({ id: 'dev_2', keyId: 'k2', secretHash: 'h2', name: null, at: T0 + 2 })
      const address = { endpoint: ENDPOINT, p256dh: 'another-key', auth: 'another-secret' }
      expect(await t.store.putDevice({ ...again, address }, 20)).toMatchObject({
        id: 'dev_1',
        keyId: 'k2',
        secretHash: 'h2',
        name: null,
        createdAt: T0,
        seenAt: T0 + 2,
        lastOkAt: T0 + 1,
      })
      expect(await t.store.getPushAddress('dev_1')).toEqual(address)
      expect((await t.store.listDevices({ limit: 10 })).rows).toHaveLength(1)
    })

    it('of another user who signed in with the same browser are devices of their own', async () => {
      const t = await open()
      await t.store.putDevice(aDevice(), 20)
      expect(await t.store.putDevice(aDevice({ id: 'dev_2', userId: 'boris' }), 20)).toMatchObject({
        id: 'dev_2',
        userId: 'boris',
      })
      expect(await t.store.getDevice('dev_1')).toBeNull()
    })

    it('of one user stay as many as the limit says, those that were seen last', async () => {
      const t = await open()
      for (const n of [1, 2, 3]) {
        await t.store.putDevice(aDevice({ id: `dev_${n}`, endpoint: `${ENDPOINT}/${n}`, at: T0 + n }), 3)
      }
      await t.store.putDevice(aDevice({ id: 'dev_9', userId: 'boris', endpoint: `${ENDPOINT}/9` }), 3)
      await t.store.putDevice(aDevice({ endpoint: `${ENDPOINT}/1`, at: T0 + 4 }), 3)
      await t.store.putDevice(aDevice({ id: 'dev_5', endpoint: `${ENDPOINT}/5`, at: T0 + 5 }), 3)
      const { rows } = await t.store.listDevices({ userId: 'anna', limit: 10 })
      expect(rows.map(({ id }) => id)).toEqual(['dev_1', 'dev_3', 'dev_5'])
      expect((await t.store.listDevices({ limit: 10 })).rows).toHaveLength(4)
    })

    it('remember what came of the last send', async () => {
      const t = await open()
      await t.store.putDevice(aDevice(), 20)
      await t.store.noteDevice({ id: 'dev_1', at: T0 + 1, error: null })
      await t.store.noteDevice({ id: 'dev_1', at: T0 + 2, error: 'no connection' })
      expect(await t.store.getDevice('dev_1')).toMatchObject({
        lastOkAt: T0 + 1,
        lastErrorAt: T0 + 2,
        lastError: 'no connection',
      })
      await t.store.noteDevice({ id: 'dev_1', at: T0 + 3, error: null })
      expect(await t.store.getDevice('dev_1')).toMatchObject({ lastOkAt: T0 + 3, lastErrorAt: null, lastError: null })
      await t.store.noteDevice({ id: 'dev_2', at: T0, error: null })
    })

    it('remember it with the end of the job that sent, and not when the job was no longer held', async () => {
      const t = await open()
      await t.store.putDevice(aDevice(), 20)
      await addJobs(t.store, ['a', 'b', 'c'], { group: '' })
      const { jobs } = await claim(t.store)
      const noted = { id: 'dev_1', at: T0 + 1, error: null }
      await t.store.finishJob(leaseOf(jobs[0]!), done({ effects: { noted } }))
      expect(await t.store.getDevice('dev_1')).toMatchObject({ lastOkAt: T0 + 1, lastError: null, unshown: 1 })
      const late = { id: 'dev_1', at: T0 + 2, error: 'no connection' }
      const again = { type: 'retry', at: T0 + 2, runAt: T0 + 9, reason: 'no connection', noted: late } as const
      await t.store.finishJob(leaseOf(jobs[1]!), again)
      expect(await t.store.getDevice('dev_1')).toMatchObject({ lastErrorAt: T0 + 2, lastError: 'no connection' })
      const lost = { ...leaseOf(jobs[2]!), attempt: 7 }
      await expect(t.store.finishJob(lost, done({ effects: { noted } }))).rejects.toMatchObject({
        code: 'EC_LEASE_LOST',
      })
      expect(await t.store.getDevice('dev_1')).toMatchObject({ lastError: 'no connection', unshown: 1 })
    })

    it('come with another address and stay who they are; whoever had it before has it no more', async () => {
      const t = await open()
      await t.store.putDevice(aDevice(), 20)
      await t.store.noteDevice({ id: 'dev_1', at: T0 + 1, error: null })
      await t.store.putDevice(aDevice({ id: 'dev_2', userId: 'boris', endpoint: `${ENDPOINT}/2` }), 20)
      const address = { endpoint: `${ENDPOINT}/2`, p256dh: 'another-key', auth: 'another-secret' }
      const renewal = { id: 'dev_1', address, keyId: 'k2', at: T0 + 5, traits: null }
      expect(await t.store.renewDevice(renewal, 20)).toMatchObject({
        id: 'dev_1',
        userId: 'anna',
        keyId: 'k2',
        secretHash: 'h1',
        name: 'Phone',
        createdAt: T0,
        seenAt: T0 + 5,
        lastOkAt: T0 + 1,
      })
      expect(await t.store.getPushAddress('dev_1')).toEqual(address)
      expect(await t.store.getDevice('dev_2')).toBeNull()
      const traits = { name: 'Laptop', platform: null, locale: 'es', tz: null }
      expect(await t.store.renewDevice({ ...renewal, traits }, 20)).toMatchObject(traits)
      expect(await t.store.getDevice('dev_1')).toMatchObject(traits)
      expect(await t.store.renewDevice({ ...renewal, id: 'dev_3' }, 20)).toBeNull()
      expect(await t.store.getDevice('dev_1')).toMatchObject({ id: 'dev_1' })
    })

    it('that subscribed anew are not ended by what is heard of their old address', async () => {
      const t = await open()
      const { seenAt } = await t.store.putDevice(aDevice(), 20)
      const address = { endpoint: `${ENDPOINT}/2`, p256dh: 'another-key', auth: 'another-secret' }
      // In the same millisecond.
      const renewed = await t.store.renewDevice({ id: 'dev_1', address, keyId: 'k1', at: T0, traits: null }, 20)
      expect(renewed?.seenAt).toBeGreaterThan(seenAt)
      expect(await t.store.removeDevice('dev_1', { why: 'gone', at: T0 + 1, seenAt })).toBe(false)
      expect(await t.store.getPushAddress('dev_1')).toEqual(address)
      expect(await t.store.getEndedDevice('dev_1')).toBeNull()
      const now = renewed?.seenAt ?? 0
      expect(await t.store.removeDevice('dev_1', { why: 'gone', at: T0 + 1, seenAt: now })).toBe(true)
      expect(await t.store.getDevice('dev_1')).toBeNull()
    })

    it('that are gone come back as who they were, those that were removed do not', async () => {
      const t = await open()
      await t.store.putDevice(aDevice(), 20)
      await t.store.removeDevice('dev_1', { why: 'gone', at: T0 + 1 })
      expect(await t.store.getEndedDevice('dev_1')).toEqual({
        id: 'dev_1',
        userId: 'anna',
        secretHash: 'h1',
        why: 'gone',
      })
      expect(await t.store.isGoneEndpoint(ENDPOINT)).toBe(true)
      const address = { endpoint: `${ENDPOINT}/2`, p256dh: 'another-key', auth: 'another-secret' }
      const renewal = { id: 'dev_1', address, keyId: 'k2', at: T0 + 5, traits: null }
      expect(await t.store.renewDevice(renewal, 20)).toMatchObject({
        id: 'dev_1',
        userId: 'anna',
        secretHash: 'h1',
        name: 'Phone',
        createdAt: T0,
        seenAt: T0 + 5,
      })
      expect(await t.store.getEndedDevice('dev_1')).toBeNull()
      expect(await t.store.isGoneEndpoint(ENDPOINT)).toBe(false)

      await t.store.removeDevice('dev_1', { why: 'removed', at: T0 + 6 })
      expect(await t.store.isGoneEndpoint(address.endpoint)).toBe(false)
      expect(await t.store.renewDevice(renewal, 20)).toBeNull()
      expect(await t.store.getEndedDevice('dev_1')).toMatchObject({ why: 'removed' })
      await t.store.putDevice(aDevice({ id: 'dev_5' }), 20)
      await t.store.removeDevice('dev_5')
      expect(await t.store.getEndedDevice('dev_5')).toBeNull()
      await t.store.eraseUser('anna')
      expect(await t.store.getEndedDevice('dev_1')).toBeNull()
    })

    it('that ended are remembered as far as the last fifty of a user', async () => {
      const t = await open()
      for (let n = 0; n < 52; n++) {
        await t.store.putDevice(aDevice({ id: `dev_${n}`, endpoint: `${ENDPOINT}/${n}` }), 20)
        await t.store.removeDevice(`dev_${n}`, { why: 'gone', at: T0 })
      }
      expect(await t.store.getEndedDevice('dev_1')).toBeNull()
      expect(await t.store.getEndedDevice('dev_2')).not.toBeNull()
    })

    it('go when they are removed, with their user, and with a lost master key', async () => {
      const t = await open()
      await t.store.putDevice(aDevice(), 20)
      expect(await t.store.removeDevice('dev_1')).toBe(true)
      expect(await t.store.removeDevice('dev_1')).toBe(false)

      await t.store.putDevice(aDevice(), 20)
      await t.store.appendEvents([anEvent({ userId: 'anna' })])
      await t.store.eraseUser('anna')
      expect(await t.store.getDevice('dev_1')).toBeNull()

      await t.store.putDevice(aDevice(), 20)
      await t.store.forgetSealed()
      expect(await t.store.getDevice('dev_1')).toBeNull()
    })
  })
}
