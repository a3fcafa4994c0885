import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aNotification, anEvent, aResource } from '../../support/store-samples.ts'
import { codeOf, type OpenStore } from './harness.ts'
import { addJobs, claim, done, keysOf, leaseOf } from './jobs.ts'

function watch<Result>(work: Promise<Result>) {
  const watched = { work, settled: false }
  void work.finally(() => (watched.settled = true)).catch(() => {})
  return watched
}

export function copyContract(open: OpenStore): void {
  describe('the identity of a store', () => {
    it('stays what it is across restarts', async () => {
      const t = await open()
      const identity = t.store.identity()
      expect(identity).toEqual({ instance: expect.any(String), epoch: expect.any(String), schema: expect.any(Number) })
      expect(identity.instance).not.toBe(identity.epoch)
      await t.reopen()
      expect(t.store.identity()).toEqual(identity)
      await t.crash()
      expect(t.store.identity()).toEqual(identity)
    })
  })

  describe('a backup', () => {
    it('is a whole store of one moment, made while everything goes on', async () => {
      const t = await open()
      await t.store.addResource(aResource({ id: 'r1', secrets: ['s'] }))
      for (let i = 0; i < 20; i++) await t.store.appendEvents(Array.from({ length: 100 }, () => anEvent()))
      const file = join(t.dir, 'copy.db')
      const backup = watch(t.store.backup(file))
      let meanwhile = 0
      while (!backup.settled || meanwhile < 10) {
        await t.store.acceptNotifications([aNotification({ key: `m${meanwhile++}` })])
        await t.store.appendEvents([anEvent()])
      }
      await backup.work
      const epoch = t.store.identity().epoch
      await t.store.restore(file)
      expect(t.store.identity().epoch).not.toBe(epoch)
      const head = await t.store.getHead('anna')
      expect(head.seq).toBeGreaterThanOrEqual(2000)
      expect(await t.store.countStream('anna', 0)).toBe(head.seq)
      // A notification and its job are one unit: a copy of one moment has both or neither.
      const { rows } = await t.store.listNotifications({ limit: 10_000, after: '0' })
      expect(await t.store.countJobs()).toMatchObject({ ready: rows.length })
      expect(await t.store.getSecrets('r1')).toEqual(['s'])
    })

    it('never takes the place of a file that is there', async () => {
      const t = await open()
      const file = join(t.dir, 'precious')
      writeFileSync(file, 'precious')
      expect(await codeOf(t.store.backup(file))).toBe('EC_FILE')
      expect(readFileSync(file, 'utf8')).toBe('precious')
      expect(await codeOf(t.store.backup(join(t.dir, 'no', 'such', 'folder')))).toBe('EC_FILE')
      expect(readdirSync(t.dir).filter(name => name.includes('partial'))).toEqual([])
    })
  })

  describe('a restore', () => {
    it('brings back what was, under a new epoch, and keeps what is there now beside it', async () => {
      const t = await open()
      await t.store.appendEvents([anEvent({ id: 'old' })])
      const before = t.store.identity()
      const file = join(t.dir, 'copy.db')
      await t.store.backup(file)
      await t.store.appendEvents([anEvent({ id: 'newer' })])
      await t.store.acceptNotifications([aNotification({ key: 'newer', job: null })])
      t.clock.advance(1000)
      const kept = await t.store.restore(file)
      const after = t.store.identity()
      expect(after).toMatchObject({ instance: before.instance, schema: before.schema })
      expect(after.epoch).not.toBe(before.epoch)
      expect(await t.store.getEvents('newer')).toEqual([])
      expect(await t.store.getHead('anna')).toMatchObject({ seq: 1, unread: { total: 1 } })
      expect(await t.store.appendEvents([anEvent({ id: 'other' })])).toMatchObject([{ item: { seq: 2 } }])
      expect(await t.store.acceptNotifications([aNotification({ key: 'newer', job: null })])).toMatchObject([
        { outcome: 'accepted' },
      ])
      await t.reopen()
      expect(t.store.identity()).toEqual(after)
      expect(await t.store.getEvents('other')).toHaveLength(1)

      t.clock.advance(1000)
      await t.store.restore(kept)
      expect(await t.store.getEvents('newer')).toHaveLength(1)
      expect(await t.store.getEvents('other')).toEqual([])
      expect(existsSync(kept)).toBe(true)
    })

    it('takes jobs up again as after a crash, and no old lease ends one', async () => {
      const t = await open()
      await addJobs(t.store, ['a', 'b'], { group: '' })
      const { jobs } = await claim(t.store)
      const file = join(t.dir, 'copy.db')
      await t.store.backup(file)
      await t.store.finishJob(leaseOf(jobs[0]!), done())
      await t.store.restore(file)
      expect(await codeOf(t.store.finishJob(leaseOf(jobs[1]!), done()))).toBe('EC_LEASE_LOST')
      const again = await claim(t.store)
      expect(await keysOf(t.store, again.jobs)).toEqual(['a', 'b'])
      expect(again.jobs.map(job => job.attempt)).toEqual([2, 2])
    })

    it('refuses what is no whole store, and leaves everything as it was', async () => {
      const t = await open()
      await t.store.appendEvents(Array.from({ length: 200 }, () => anEvent({ body: 'x'.repeat(2000) })))
      const good = join(t.dir, 'good.db')
      await t.store.backup(good)
      const garbage = join(t.dir, 'garbage')
      writeFileSync(garbage, 'x'.repeat(70_000))
      const empty = join(t.dir, 'empty')
      writeFileSync(empty, '')
      const half = join(t.dir, 'half.db')
      writeFileSync(half, readFileSync(good))
      truncateSync(half, 100_000)
      const damaged = join(t.dir, 'damaged.db')
      const bytes = readFileSync(good)
      bytes.fill(0xab, 20_000, 60_000)
      writeFileSync(damaged, bytes)
      const identity = t.store.identity()
      for (const file of [garbage, empty, half, damaged])
        expect(await codeOf(t.store.restore(file))).toBe('EC_STORE_CORRUPT')
      expect(await codeOf(t.store.restore(join(t.dir, 'missing')))).toBe('EC_FILE')
      expect(t.store.identity()).toEqual(identity)
      expect((await t.store.getHead('anna')).seq).toBe(200)
      expect(await t.store.appendEvents([anEvent()])).toMatchObject([{ item: { seq: 201 } }])
      expect(readdirSync(t.dir).filter(name => /incoming|replaced/.test(name))).toEqual([])
      await t.reopen()
      expect((await t.store.getHead('anna')).seq).toBe(201)
    })

    it('goes on answering whoever asks meanwhile, or says that it is busy', async () => {
      const t = await open()
      await t.store.appendEvents([anEvent()])
      const file = join(t.dir, 'copy.db')
      await t.store.backup(file)
      const restore = watch(t.store.restore(file))
      const codes = new Set<string>()
      while (!restore.settled) {
        const asked = [t.store.getHead('anna'), t.store.appendEvents([anEvent()])]
        for (const result of await Promise.allSettled(asked))
          if (result.status === 'rejected') codes.add(result.reason.code)
        await new Promise(resolve => setImmediate(resolve))
      }
      await restore.work
      expect([...codes].filter(code => code !== 'EC_STORAGE_FAILED')).toEqual([])
      expect((await t.store.getHead('anna')).seq).toBeGreaterThan(0)
    })

    it('is one at a time', async () => {
      const t = await open()
      const file = join(t.dir, 'copy.db')
      await t.store.backup(file)
      const both = await Promise.allSettled([t.store.restore(file), t.store.restore(file)])
      expect(both[0]).toMatchObject({ status: 'fulfilled' })
      expect(both[1]).toMatchObject({ status: 'rejected', reason: { code: 'EC_CONFLICT' } })
    })
  })
}
