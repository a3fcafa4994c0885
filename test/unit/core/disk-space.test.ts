import { describe, expect, it } from 'vitest'
import { checkSpace } from '#ec/core/disk-space.js'

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
