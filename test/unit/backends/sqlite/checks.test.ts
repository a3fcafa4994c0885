import { checkStore } from '#ec/backends/sqlite/checks.js'
import { EcError } from '#ec/core/errors.js'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../support/fake-clock.ts'

describe('checkStore', () => {
  const clock = new FakeClock()
  const calm = { ready: 0, delayed: 0, running: 0, done: 0, dead: 0 }
  const store = {
    file: import.meta.filename,
    clock,
    waiting: () => 0,
    trouble: () => null,
    countJobs: async () => calm,
  }

  async function statusOf(code: string, over: Partial<typeof store> | object): Promise<unknown> {
    const checks = await checkStore({ ...store, ...over })
    return checks.find(check => check.code === code)
  }

  it.each([
    ['store.writer', { waiting: () => 4097 }, 'warn'],
    ['store.writer', { waiting: () => 4096 }, 'ok'],
    ['jobs.dead', { countJobs: async () => ({ ...calm, dead: 1 }) }, 'warn'],
    ['jobs.dead', {}, 'ok'],
    ['jobs.backlog', { countJobs: async () => ({ ...calm, ready: 10_001 }) }, 'warn'],
    ['jobs.backlog', { countJobs: async () => ({ ...calm, ready: 10_000 }) }, 'ok'],
    ['store.integrity', {}, 'ok'],
  ])('%s', async (code, over, status) => {
    expect(await statusOf(code, over)).toMatchObject({ status })
  })

  it('says since when the disk refuses, and what to do', async () => {
    const error = new EcError('EC_STORAGE_FULL', 'the disk is full', { hint: 'free some space' })
    const trouble = { error, since: clock.now() - 4000 }
    expect(await statusOf('store.writer', { trouble: () => trouble })).toMatchObject({
      status: 'fail',
      detail: 'EC_STORAGE_FULL for 4 s',
      hint: 'free some space',
    })
  })

  it('sends whoever has a damaged store to a backup', async () => {
    const error = new EcError('EC_STORE_CORRUPT', 'the store is damaged', { hint: '' })
    const found = await statusOf('store.integrity', { trouble: () => ({ error, since: clock.now() }) })
    expect(found).toMatchObject({ status: 'fail', hint: expect.stringContaining('ec restore') })
  })
})
