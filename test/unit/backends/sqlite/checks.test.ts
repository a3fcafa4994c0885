import { checkSpace, checkStore } from '#ec/backends/sqlite/checks.js'
import { EcError } from '#ec/core/errors.js'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../support/fake-clock.ts'

const MIB = 2 ** 20
const GIB = 2 ** 30

describe('checkSpace', () => {
  it.each([
    ['plenty', { free: 80 * GIB, total: 250 * GIB }, 'ok'],
    ['under a twentieth of a big disk', { free: 12 * GIB, total: 250 * GIB }, 'warn'],
    ['under a GiB of a small disk', { free: GIB - 1, total: 4 * GIB }, 'warn'],
    ['just a GiB of a small disk', { free: GIB, total: 4 * GIB }, 'ok'],
    ['under 100 MiB', { free: 100 * MIB - 1, total: 4 * GIB }, 'fail'],
    ['nothing', { free: 0, total: 4 * GIB }, 'fail'],
    ['a file system that does not tell', null, 'skip'],
  ])('%s', (_, space, status) => {
    expect(checkSpace(space)).toMatchObject({ code: 'store.disk.space', status })
  })

  it('names the room in a unit that fits', () => {
    expect(checkSpace({ free: 80 * GIB, total: 250 * GIB }).detail).toBe('80.0 GiB free')
    expect(checkSpace({ free: 12.5 * MIB, total: GIB }).detail).toBe('12 MiB free')
  })
})

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
