import { describe, expect, it } from 'vitest'
import type { BrowserReport } from '#ec/core/browser-report.js'
import { allBefore, T0 } from '../../support/store-samples.ts'
import type { OpenStore } from './harness.ts'

const aReport = (over: Partial<BrowserReport> = {}): BrowserReport => ({
  userId: 'anna',
  browser: 'br_1',
  device: 'dev_1',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/153.0',
  language: 'ru',
  tz: 'Europe/Madrid',
  madeAt: T0 - 5_000,
  receivedAt: T0,
  askedAt: null,
  checks: [{ code: 'browser.permission', status: 'fail', detail: 'it was denied' }],
  ...over,
})

export function diagnosticContract(open: OpenStore): void {
  describe('what browsers found out about themselves', () => {
    it('is kept as it was told, through a restart, and makes its user', async () => {
      const t = await open()
      await t.store.putReport(aReport(), 20)
      await t.reopen()
      expect(await t.store.listReports('anna')).toEqual([aReport()])
      expect(await t.store.listReports('boris')).toEqual([])
      expect(await t.store.getUser('anna')).toMatchObject({ id: 'anna' })
    })

    it('is the last report of each browser, and remembers when help was asked for', async () => {
      const { store } = await open()
      await store.putReport(aReport({ askedAt: T0 }), 20)
      const later = aReport({ receivedAt: T0 + 1, device: null, tz: null, language: null, checks: [] })
      await store.putReport(later, 20)
      expect(await store.listReports('anna')).toEqual([{ ...later, askedAt: T0 }])
      await store.putReport(aReport({ receivedAt: T0 + 2, askedAt: T0 + 2 }), 20)
      expect(await store.listReports('anna')).toMatchObject([{ receivedAt: T0 + 2, askedAt: T0 + 2 }])
    })

    it('keeps as many browsers of a user as it may, those that reported last, and nobody else is touched', async () => {
      const { store } = await open()
      await store.putReport(aReport({ userId: 'boris' }), 2)
      for (const [place, browser] of ['br_1', 'br_2', 'br_3'].entries()) {
        await store.putReport(aReport({ browser, receivedAt: T0 + place }), 2)
      }
      expect((await store.listReports('anna')).map(({ browser }) => browser)).toEqual(['br_3', 'br_2'])
      // One that is known takes nobody's place.
      await store.putReport(aReport({ browser: 'br_2', receivedAt: T0 + 9 }), 2)
      expect((await store.listReports('anna')).map(({ browser }) => browser)).toEqual(['br_2', 'br_3'])
      expect(await store.listReports('boris')).toHaveLength(1)
    })

    it('is erased with its user, and goes when retention says so', async () => {
      const { store } = await open()
      await store.putReport(aReport(), 20)
      await store.putReport(aReport({ userId: 'boris', receivedAt: T0 + 1 }), 20)
      await store.putReport(aReport({ userId: 'boris', browser: 'br_2', receivedAt: T0 + 3 }), 20)
      expect(await store.eraseUser('anna')).toBe(true)
      expect(await store.listReports('anna')).toEqual([])
      expect(await store.prune({ ...allBefore(0), reportsBefore: T0 + 2 }, 100)).toBe(1)
      expect((await store.listReports('boris')).map(({ browser }) => browser)).toEqual(['br_2'])
    })
  })
}
