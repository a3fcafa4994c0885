import { describe, expect, it } from 'vitest'
import { anAccount, aResource, T0 } from '../../support/store-samples.ts'
import { codeOf, type OpenStore } from './harness.ts'

export function accountContract(open: OpenStore): void {
  describe('accounts', () => {
    it('are kept, changed in part, listed and found again after a start', async () => {
      const t = await open()
      const account = anAccount({ id: 'a1' })
      expect(await t.store.putAccount(account)).toEqual(account)
      await t.store.putAccount(anAccount({ id: 'a2', userId: 'boris', address: 'boris@example.org' }))
      expect(await t.store.updateAccount('a1', { state: 'action_required', reason: 'EC_ACCOUNT_SIGNED_OUT' })).toEqual({
        ...account,
        state: 'action_required',
        reason: 'EC_ACCOUNT_SIGNED_OUT',
      })
      expect(await t.store.updateAccount('a1', { settings: { topic: 'gmail' }, scopes: [] })).toMatchObject({
        settings: { topic: 'gmail' },
        scopes: [],
        state: 'action_required',
      })
      await t.reopen()
      expect((await t.store.listAccounts({ limit: 10 })).rows.map(({ id }) => id)).toEqual(['a1', 'a2'])
      expect((await t.store.listAccounts({ limit: 10, userId: 'boris' })).rows.map(({ id }) => id)).toEqual(['a2'])
      expect(await t.store.getAccount('nobody')).toBeNull()
      expect(await t.store.updateAccount('nobody', { state: 'ok' })).toBeNull()
    })

    it('stay the same account when the same person signs in again', async () => {
      const { store } = await open()
      await store.putAccount(anAccount({ id: 'a1', state: 'action_required', reason: 'EC_ACCOUNT_SIGNED_OUT' }))
      const again = await store.putAccount(anAccount({ id: 'a9', createdAt: T0 + 5, grantedAt: T0 + 5 }))
      expect(again).toMatchObject({ id: 'a1', state: 'ok', reason: null, createdAt: T0, grantedAt: T0 + 5 })
    })

    it('go with their tokens and with what was read, while their resources stay', async () => {
      const { store } = await open()
      await store.putAccount(anAccount({ id: 'a1' }))
      await store.putCredential('account:a1', 'token', null)
      await store.putCredential('account:a2', 'of another', null)
      await store.addResource(aResource({ id: 'r1', source: { accountId: 'a1', target: 'cal' } }))
      expect(await store.removeAccount('a1')).toBe(true)
      expect(await store.removeAccount('a1')).toBe(false)
      expect(await store.getCredential('account:a1')).toBeNull()
      expect(await store.getCredential('account:a2')).toBe('of another')
      expect(await store.getResource('r1')).toMatchObject({ accountId: null, target: null })
      expect(await store.getSync('r1')).toBeNull()
    })

    it('go with their user', async () => {
      const { store } = await open()
      await store.putAccount(anAccount({ id: 'a1' }))
      await store.putCredential('account:a1', 'token', null)
      await store.eraseUser('anna')
      expect(await store.getAccount('a1')).toBeNull()
      expect(await store.getCredential('account:a1')).toBeNull()
    })

    it('have each of their things watched once', async () => {
      const { store } = await open()
      await store.putAccount(anAccount({ id: 'a1' }))
      const source = { accountId: 'a1', target: 'cal' }
      await store.addResource(aResource({ id: 'r1', source }))
      expect(await codeOf(store.addResource(aResource({ id: 'r2', source })))).toBe('EC_CONFLICT')
      expect(await codeOf(store.addResource(aResource({ id: 'r3', source: { ...source, accountId: 'a9' } })))).toBe(
        'EC_NOT_FOUND',
      )
      await store.addResource(aResource({ id: 'r4', source: { ...source, target: 'other' } }))
      expect((await store.listResources({ limit: 9, accountId: 'a1' })).rows.map(({ id }) => id)).toEqual(['r1', 'r4'])
      expect((await store.listResources({ limit: 9, target: 'other' })).rows.map(({ id }) => id)).toEqual(['r4'])
    })
  })
}
