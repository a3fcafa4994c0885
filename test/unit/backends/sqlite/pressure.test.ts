import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openSqliteStore } from '#ec/backends/sqlite/store.js'
import { silentLog } from '#ec/core/log.js'
import { createSeal } from '#ec/core/seal.js'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FakeClock } from '../../../support/fake-clock.ts'
import { anEvent } from '../../../support/store-samples.ts'
import { tempDir } from '../../../support/temp-dir.ts'

describe('the pressure of senders', () => {
  it('is one for a batch, however many events it has', async () => {
    const store = await open()
    await store.appendEvents(Array.from({ length: 500 }, () => anEvent()))
    expect(store.pressure()).toBe(1)
  })

  it('grows with those who wait at once, and says nothing of our own work', async () => {
    const store = await open()
    await Promise.all(Array.from({ length: 20 }, () => store.appendEvents([anEvent()])))
    expect(store.pressure()).toBe(20)
    const other = await open()
    await other.claimJobs({ now: 0, leaseUntil: 1, lanes: [] })
    expect(other.pressure()).toBe(0)
  })
})

async function open() {
  const file = join(tempDir(), 'ec.db')
  const store = await openSqliteStore({
    file,
    clock: new FakeClock(),
    log: silentLog,
    seal: createSeal(randomBytes(32)),
  })
  onTestFinished(() => store.close())
  return store
}
