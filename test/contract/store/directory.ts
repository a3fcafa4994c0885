import { describe, expect, it } from 'vitest'
import type { ApiCall } from '#ec/core/api-call.js'
import { NO_PREFERENCES } from '#ec/core/preferences.js'
import { aKey, anEvent, aResource, T0 } from '../../support/store-samples.ts'
import { codeOf, type OpenStore } from './harness.ts'

const aCall = (over: Partial<ApiCall> = {}): ApiCall => ({
  at: T0,
  provider: 'github',
  account: 'acme',
  operation: 'repos.get',
  cause: 'user',
  attempt: 1,
  status: 200,
  ms: 12,
  error: null,
  ...over,
})

export function directoryContract(open: OpenStore): void {
  describe('users', () => {
    it('exist from the first time that something names them, and keep what they are told', async () => {
      const t = await open()
      await t.store.appendEvents([anEvent({ userId: 'anna' })])
      await t.store.addResource(aResource({ userId: 'boris' }))
      expect(await t.store.getUser('nobody')).toBeNull()
      await t.store.putUser({ id: 'anna', name: 'Анна', email: 'anna@example.com', tz: 'Europe/Madrid' }, T0)
      expect(await t.store.putUser({ id: 'anna', email: null, lang: 'ru' }, T0 + 1)).toEqual({
        id: 'anna',
        name: 'Анна',
        email: null,
        tz: 'Europe/Madrid',
        lang: 'ru',
        createdAt: T0,
      })
      await t.reopen()
      const first = await t.store.listUsers({ limit: 1, after: '0' })
      expect(first.rows.map(user => user.id)).toEqual(['anna'])
      const rest = await t.store.listUsers({ limit: 5, after: first.next ?? '' })
      expect(rest.rows.map(user => user.id)).toEqual(['boris'])
    })

    it('have preferences, of which a change touches the named sections alone', async () => {
      const t = await open()
      await t.store.putUser({ id: 'anna', tz: 'Europe/Madrid' }, T0)
      await t.store.putUser({ id: 'boris' }, T0)
      await t.store.putUser({ id: 'doris', email: 'doris@example.org' }, T0)
      expect(await t.store.getPerson('nobody')).toBeNull()
      expect(await t.store.getPerson('boris')).toEqual({
        id: 'boris',
        tz: null,
        preferences: NO_PREFERENCES,
        reach: { push: false, email: false },
        governed: [],
      })
      const mute = [{ type: 'task.*' }, { thread: 'нить', until: '2026-01-05T09:00:00.000Z' }]
      await t.store.putPreferences('anna', { mute }, T0)
      const caps = { push: { per_hour: 3 } }
      expect(await t.store.putPreferences('anna', { caps }, T0)).toEqual({ ...NO_PREFERENCES, mute, caps })
      // One who is not there yet is made.
      await t.store.putPreferences('clara', { quiet_hours: { from: '22:00', to: '07:00' } }, T0)
      await t.reopen()
      const reach = { push: false, email: false }
      const anna = {
        id: 'anna',
        tz: 'Europe/Madrid',
        preferences: { ...NO_PREFERENCES, mute, caps },
        reach,
        governed: [],
      }
      expect(await t.store.getPerson('anna')).toEqual(anna)
      const first = await t.store.listPeople({ limit: 1, after: '0' })
      expect(first.rows).toEqual([anna])
      const rest = await t.store.listPeople({ limit: 5, after: first.next ?? '' })
      expect(rest).toMatchObject({
        rows: [{ id: 'doris', reach: { push: false, email: true } }, { id: 'clara' }],
        next: null,
      })
      await t.store.eraseUser('anna')
      await t.store.putUser({ id: 'anna' }, T0)
      expect(await t.store.getPerson('anna')).toMatchObject({ preferences: NO_PREFERENCES })
    })

    it('are erased with all that is theirs, and nothing of others', async () => {
      const t = await open()
      await t.store.addResource(aResource({ id: 'res', userId: 'anna' }))
      await t.store.appendEvents([
        anEvent({ id: 'a', contentHash: 'h', idempotencyKey: 'k', keyId: 'key_1' }),
        anEvent({ id: 'b', userId: 'boris' }),
      ])
      await t.store.changeStates({ userId: 'anna', ids: ['a'], state: 'read', by: null, at: T0, until: null })
      const trace = {
        eventId: 'a',
        at: T0,
        step: 'sent',
        channel: null,
        target: null,
        reason: null,
        count: null,
      } as const
      await t.store.recordTraces([{ ...trace, userId: 'anna' }])
      expect(await t.store.eraseUser('anna')).toBe(true)
      expect(await t.store.eraseUser('anna')).toBe(false)
      expect(await t.store.getUser('anna')).toBeNull()
      expect(await t.store.getEvents('a')).toEqual([])
      expect(await t.store.readTrace('anna', 'a')).toEqual([])
      expect(await t.store.readStream('anna', 0, 10)).toEqual([])
      expect(await t.store.getHead('anna')).toEqual({ seq: 0, pruned: 0, unread: { total: 0, action: 0 } })
      expect(await t.store.getResource('res')).toMatchObject({ userId: 'anna' })
      expect(await t.store.getEvents('b')).toHaveLength(1)
      // The same key again is a new event: nothing remembers the old one.
      const [again] = await t.store.appendEvents([
        anEvent({ id: 'a2', contentHash: 'h', idempotencyKey: 'k', keyId: 'key_1' }),
      ])
      expect(again?.outcome).toBe('appended')
    })

    it('who come again after they were erased have a row and numbers that go on', async () => {
      const t = await open()
      await t.store.appendEvents([anEvent(), anEvent(), anEvent()])
      const [, [after]] = await Promise.all([t.store.eraseUser('anna'), t.store.appendEvents([anEvent({ id: 'new' })])])
      expect(after).toMatchObject({ outcome: 'appended', item: { seq: 4 } })
      expect(await t.store.getUser('anna')).not.toBeNull()
      await t.reopen()
      expect((await t.store.getHead('anna')).seq).toBe(4)
      expect((await t.store.readStream('anna', 3, 10)).map(item => item.id)).toEqual(['new'])
    })
  })

  describe('resources', () => {
    it('are added, changed in part, listed and removed', async () => {
      const t = await open()
      const resource = await t.store.addResource(aResource({ id: 'r1', secrets: [] }))
      expect(resource).toEqual({
        id: 'r1',
        provider: 'github',
        userId: 'anna',
        name: 'api',
        settings: { repository: 'acme/api' },
        state: 'starting',
        paused: false,
        hasSecret: false,
        accountId: null,
        target: null,
        createdAt: T0,
        lastNotificationAt: null,
      })
      await t.store.addResource(aResource({ id: 'r2', provider: 'calcom', userId: 'boris' }))
      expect(await t.store.updateResource('r1', { paused: true, state: 'healthy' })).toMatchObject({
        paused: true,
        state: 'healthy',
        name: 'api',
      })
      expect(await t.store.updateResource('r1', { name: 'web', settings: { repository: 'acme/web' } })).toMatchObject({
        name: 'web',
        settings: { repository: 'acme/web' },
        paused: true,
      })
      expect(await t.store.updateResource('nothing', { paused: true })).toBeNull()
      expect(await t.store.countResources()).toBe(2)
      const ids = async (query: object) => (await t.store.listResources({ limit: 9, ...query })).rows.map(r => r.id)
      expect(await ids({ provider: 'calcom' })).toEqual(['r2'])
      expect(await ids({ userId: 'anna' })).toEqual(['r1'])
      expect(await t.store.removeResource('r1')).toBe(true)
      expect(await t.store.removeResource('r1')).toBe(false)
      expect(await ids({})).toEqual(['r2'])
    })

    it('keep their secrets sealed: no file holds one in the clear', async () => {
      const t = await open()
      const secret = 'whsec_7f3a9c2e-in-the-clear'
      await t.store.addResource(aResource({ id: 'r1', secrets: [secret] }))
      await t.store.putCredential('signing', 'credential-in-the-clear', null)
      expect(await t.store.getResource('r1')).toMatchObject({ hasSecret: true })
      await t.store.updateResource('r1', { secrets: ['second-in-the-clear', secret] })
      expect(await t.store.getSecrets('r1')).toEqual(['second-in-the-clear', secret])
      const check = (): void => {
        const bytes = t.rawBytes()
        expect(bytes.length).toBeGreaterThan(10_000)
        expect(bytes.includes('acme/api')).toBe(true)
        expect(bytes.includes('in-the-clear')).toBe(false)
      }
      check()
      await t.reopen()
      check()
      expect(await t.store.getSecrets('r1')).toEqual(['second-in-the-clear', secret])
      expect(await t.store.getSecrets('nothing')).toEqual([])
    })
  })

  describe('service keys', () => {
    it('are found by their hash while they live', async () => {
      const t = await open()
      const key = aKey({
        id: 'key_1',
        scopes: ['emit', 'read'],
        types: ['deploy.*'],
        users: ['anna'],
        maxLevel: 'error',
        callbackUrl: 'https://ci.example/cb',
      })
      await t.store.addKey(key, 'aa'.repeat(32))
      expect(await t.store.findKey('aa'.repeat(32))).toEqual(key)
      expect(await t.store.findKey('bb'.repeat(32))).toBeNull()
      expect(await t.store.revokeKey('key_1', T0 + 5)).toBe(true)
      expect(await t.store.revokeKey('key_1', T0 + 6)).toBe(false)
      expect(await t.store.findKey('aa'.repeat(32))).toBeNull()
      expect((await t.store.listKeys({ limit: 10 })).rows).toEqual([{ ...key, revokedAt: T0 + 5 }])
    })

    it('have a name that only one of those alive bears', async () => {
      const { store } = await open()
      await store.addKey(aKey({ id: 'key_1', name: 'ci' }), '01'.repeat(32))
      expect(await codeOf(store.addKey(aKey({ id: 'key_2', name: 'ci' }), '02'.repeat(32)))).toBe('EC_CONFLICT')
      const both = await Promise.allSettled([
        store.addKey(aKey({ id: 'key_3', name: 'web' }), '03'.repeat(32)),
        store.addKey(aKey({ id: 'key_4', name: 'web' }), '04'.repeat(32)),
      ])
      expect(both.map(r => r.status)).toEqual(['fulfilled', 'rejected'])
      await store.revokeKey('ci', T0)
      await store.addKey(aKey({ id: 'key_5', name: 'ci' }), '05'.repeat(32))
      const first = await store.listKeys({ limit: 2, after: '0' })
      expect(first.rows.map(key => key.id)).toEqual(['key_1', 'key_3'])
      const rest = await store.listKeys({ limit: 2, after: first.next ?? '' })
      expect(rest).toMatchObject({ rows: [{ id: 'key_5' }], next: null })
    })
  })

  describe('credentials', () => {
    it('are written only over what the writer has seen', async () => {
      const t = await open()
      expect(await t.store.getCredential('token')).toBeNull()
      expect(await t.store.putCredential('token', 'one', 'zero')).toBe(false)
      expect(await t.store.putCredential('token', 'one', null)).toBe(true)
      expect(await t.store.putCredential('token', 'two', null)).toBe(false)
      expect(await t.store.putCredential('token', 'two', 'one')).toBe(true)
      expect(await t.store.putCredential('token', 'three', 'one')).toBe(false)
      await t.crash()
      expect(await t.store.getCredential('token')).toBe('two')
    })

    it.each([null, 'old'])('are written by one of many at once over %j', async expected => {
      const { store } = await open()
      if (expected !== null) await store.putCredential('token', expected, null)
      const values = Array.from({ length: 20 }, (_, i) => `v${i}`)
      const wrote = await Promise.all(values.map(value => store.putCredential('token', value, expected)))
      expect(wrote.filter(Boolean)).toHaveLength(1)
      expect(await store.getCredential('token')).toBe(values[wrote.indexOf(true)])
    })
  })

  describe('features', () => {
    it('are what was set last', async () => {
      const t = await open()
      expect(await t.store.listFeatures()).toEqual({})
      await t.store.setFeature('webhooks', false)
      await t.store.setFeature('busy_blocks', true)
      await t.store.setFeature('webhooks', true)
      await t.reopen()
      expect(await t.store.listFeatures()).toEqual({ busy_blocks: true, webhooks: true })
    })
  })

  describe('the ledger of API calls', () => {
    it('counts every attempt by what it was for', async () => {
      const { store } = await open()
      await store.recordCalls([
        aCall(),
        aCall({ status: 503 }),
        aCall({ attempt: 2 }),
        aCall({ cause: 'webhook' }),
        aCall({ status: 0, error: 'EC_TIMEOUT' }),
        aCall({ cause: 'setup', status: 404 }),
        aCall({ cause: 'setup', status: 403 }),
        aCall({ cause: 'webhook', status: 404 }),
        aCall({ at: T0 - 10_000, account: 'old' }),
      ])
      const base = { provider: 'github', account: 'acme', operation: 'repos.get' }
      expect(await store.sumCalls(T0)).toEqual([
        // Whether something is there is a question of setting up, and "no" an answer.
        { ...base, cause: 'setup', calls: 2, retries: 0, failures: 1 },
        { ...base, cause: 'user', calls: 4, retries: 1, failures: 2 },
        { ...base, cause: 'webhook', calls: 2, retries: 0, failures: 1 },
      ])
      expect(await store.sumCalls(0)).toHaveLength(4)
      expect(await store.sumCalls(T0 + 1)).toEqual([])
    })
  })
}
