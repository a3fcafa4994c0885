import { describe, expect, it } from 'vitest'
import { T0 } from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'

export function emailContract(open: OpenStore): void {
  describe('mailboxes', () => {
    it('are those of users with an address', async () => {
      const { store } = await open()
      expect(await store.getMailbox('anna')).toBeNull()
      await store.putUser({ id: 'anna', name: 'Anna' }, T0)
      expect(await store.getMailbox('anna')).toBeNull()
      const user = await store.putUser({ id: 'anna', email: 'Anna@Example.org', lang: 'ru' }, T0)
      expect(await store.getMailbox('anna')).toEqual({ user, address: 'Anna@Example.org', suppressed: null })
    })

    it('take nothing once their address is suppressed, whoever has it and however it is written', async () => {
      const { store } = await open()
      await store.putUser({ id: 'anna', email: 'Anna@Example.org' }, T0)
      await store.putUser({ id: 'boris', email: 'anna@example.org' }, T0)
      const users = await store.suppressAddress('ANNA@example.org', '550 no such user', T0 + 1)
      expect(users?.toSorted()).toEqual(['anna', 'boris'])
      expect((await store.getPerson('anna'))?.reach.email).toBe(false)
      expect(await store.suppressAddress('anna@example.org', 'another reason', T0 + 2)).toBeNull()
      const suppressed = { address: 'anna@example.org', reason: '550 no such user', at: T0 + 1 }
      expect(await store.getMailbox('anna')).toMatchObject({ suppressed })
      expect(await store.getMailbox('boris')).toMatchObject({ suppressed })
      expect(await store.listSuppressed({ limit: 10, after: '0' })).toEqual({ rows: [suppressed], next: null })
    })

    it('take mail again when the address is lifted, or put again', async () => {
      const { store } = await open()
      await store.putUser({ id: 'anna', email: 'anna@example.org' }, T0)
      await store.suppressAddress('anna@example.org', 'why', T0)
      expect(await store.liftAddress('Anna@example.org')).toEqual(['anna'])
      expect((await store.getPerson('anna'))?.reach.email).toBe(true)
      expect(await store.liftAddress('anna@example.org')).toBeNull()
      expect(await store.getMailbox('anna')).toMatchObject({ suppressed: null })
      await store.suppressAddress('anna@example.org', 'why', T0)
      await store.putUser({ id: 'anna', name: 'Anna' }, T0)
      expect(await store.getMailbox('anna')).toMatchObject({ suppressed: { reason: 'why' } })
      await store.putUser({ id: 'anna', email: 'anna@example.org' }, T0)
      expect(await store.getMailbox('anna')).toMatchObject({ suppressed: null })
    })

    it('lists the suppressed page by page', async () => {
      const { store } = await open()
      for (const n of [1, 2, 3]) await store.suppressAddress(`a${n}@example.org`, 'why', T0)
      const first = await store.listSuppressed({ limit: 2, after: '0' })
      expect(first.rows.map(({ address }) => address)).toEqual(['a1@example.org', 'a2@example.org'])
      const second = await store.listSuppressed({ limit: 2, after: first.next ?? '' })
      expect(second).toMatchObject({ rows: [{ address: 'a3@example.org' }], next: null })
    })

    it('are forgotten with their user, unless another has the same address', async () => {
      const { store } = await open()
      await store.putUser({ id: 'anna', email: 'both@example.org' }, T0)
      await store.putUser({ id: 'boris', email: 'Both@example.org' }, T0)
      await store.suppressAddress('both@example.org', 'why', T0)
      await store.eraseUser('anna')
      expect((await store.listSuppressed({ limit: 10 })).rows).toHaveLength(1)
      await store.eraseUser('boris')
      expect((await store.listSuppressed({ limit: 10 })).rows).toEqual([])
    })
  })

  describe('stopping mail', () => {
    it('of a type leaves everything else as it was', async () => {
      const { store } = await open()
      await store.putPreferences(
        'anna',
        {
          channels: [
            { type: 'job.done', push: true, email: true },
            { service: 'x', email: true },
          ],
        },
        T0,
      )
      const { channels } = await store.stopEmail('anna', 'job.done', T0)
      expect(channels).toEqual([
        { service: 'x', email: true },
        { type: 'job.done', push: true, email: false },
      ])
      expect((await store.getPerson('anna'))?.preferences.channels).toEqual(channels)
    })

    it('altogether leaves no entry that still wants mail', async () => {
      const { store } = await open()
      const entries = [
        { type: 'job.done', email: true },
        { type: 'task.*', ws: true, email: true },
        { type: '*', push: false },
      ]
      await store.putPreferences('anna', { channels: entries }, T0)
      expect((await store.stopEmail('anna', null, T0)).channels).toEqual([
        { type: 'task.*', ws: true },
        { type: '*', push: false, email: false },
      ])
    })

    it('twice says it once, and at once of two types says both', async () => {
      const { store } = await open()
      await Promise.all(['a.b', 'a.b', 'c.d'].map(type => store.stopEmail('anna', type, T0)))
      expect((await store.getPerson('anna'))?.preferences.channels).toEqual([
        { type: 'a.b', email: false },
        { type: 'c.d', email: false },
      ])
    })
  })
}
