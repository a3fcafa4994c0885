import { describe, expect, it } from 'vitest'
import { percentOf } from '../../../../web/ui/percent-of.js'
import { safeLink } from '../../../../web/ui/safe-link.js'
import { createSayWhen } from '../../../../web/ui/say-when.js'
import { addToast, dropToast, NO_TOASTS, type ToastQueue } from '../../../../web/ui/toast-queue.js'

const PAGE = { href: 'https://shop.example/orders', origin: 'https://shop.example' }

describe('safeLink', () => {
  it.each([
    ['https://shop.example/a', 'https://shop.example/a', true],
    ['/a?b#c', 'https://shop.example/a?b#c', true],
    ['http://shop.example/', 'http://shop.example/', false],
    ['https://shop.example.evil.example/', 'https://shop.example.evil.example/', false],
    ['//other.example/x', 'https://other.example/x', false],
  ])('follows %s', (url, href, isOurs) => {
    expect(safeLink(url, PAGE)).toEqual({ href, isOurs })
  })

  it.each([
    'javascript:alert(1)',
    ' \u0000javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'blob:https://shop.example/1',
    'file:///etc/passwd',
    'https://',
    'mailto:a@b.c',
  ])('does not follow %j', url => {
    expect(safeLink(url, PAGE)).toBeNull()
  })
})

describe('sayWhen', () => {
  const now = Date.parse('2026-03-03T12:00:00Z')
  const [second, minute, hour, day] = [1_000, 60_000, 3_600_000, 86_400_000]

  it.each([
    [0, 'now'],
    [-59 * second, 'now'],
    [-minute, '1 minute ago'],
    [-119 * second, '1 minute ago'],
    [-59.9 * minute, '59 minutes ago'],
    [-23.9 * hour, '23 hours ago'],
    [-day, 'yesterday'],
    [-6.5 * day, '6 days ago'],
    [-8 * day, 'February 23'],
    [-100 * day, 'November 23, 2025'],
    [5 * second, 'in 5 seconds'],
    [59.8 * second, 'in 1 minute'],
    [59.8 * minute, 'in 1 hour'],
    [2.9 * hour, 'in 3 hours'],
    [23.9 * hour, 'tomorrow'],
    [9 * day, 'March 12'],
  ])('says an instant that lies %i ms ahead', (ahead, text) => {
    expect(createSayWhen('en')(now + ahead, now)).toBe(text)
  })

  it('speaks other languages', () => {
    expect(createSayWhen('ru')(now - 5 * minute, now)).toBe('5 минут назад')
    expect(createSayWhen('es')(now + day, now)).toBe('mañana')
  })
})

describe('the queue of toasts', () => {
  it('shows three, and counts what finds no room', () => {
    const queue = add(NO_TOASTS, 'a', 'b', 'c', 'd', 'e')
    expect([keys(queue), queue.more]).toEqual(['a b c', 2])
    expect(keys(dropToast(queue, 'b'))).toBe('a c')
    expect(dropToast(dropToast(dropToast(queue, 'a'), 'b'), 'c')).toEqual(NO_TOASTS)
  })

  it('lets what stays take the place of what would have gone by itself', () => {
    const queue = add(NO_TOASTS, 'a', 'b', 'c', 'X')
    expect([keys(queue), queue.more]).toEqual(['b c X', 1])
  })

  it('lets what stays wait for room, so many and no more', () => {
    const full = add(NO_TOASTS, 'X', 'Y', 'Z', ...Array.from({ length: 25 }, (_, i) => `N${i}`))
    expect([keys(full), full.waiting.length, full.more]).toEqual(['X Y Z', 20, 5])
    expect(keys(dropToast(full, 'Y'))).toBe('X Z N0')
    expect(dropToast(full, 'N3').waiting).toHaveLength(19)
  })

  it('takes the same again for the same', () => {
    const queue = add(NO_TOASTS, 'a', 'X', 'Y', 'Z', 'a', 'X')
    expect(keys(queue)).toBe('X Y Z')
    const again = addToast(queue, { key: 'X', stays: false })
    expect(again.shown[0]).toEqual({ key: 'X', stays: false })
  })
})

describe('percentOf', () => {
  it.each([
    [{ progress: 40 }, 40],
    [{ progress: 140 }, 100],
    [{ progress: -1 }, 0],
    [{ progress: Number.NaN }, null],
    [{ done: 17, total: 42 }, 40],
    [{ done: 1, total: 0 }, null],
    [{ progress: '40' }, null],
    [{}, null],
  ])('reads %j', (data, percent) => {
    expect(percentOf({ data })).toBe(percent)
  })

  it('knows nothing of an event without data', () => {
    expect(percentOf({})).toBeNull()
  })
})

function keys({ shown }: ToastQueue): string {
  return shown.map(({ key }) => key).join(' ')
}

/** Those in capitals stay. */
function add(queue: ToastQueue, ...names: readonly string[]): ToastQueue {
  return names.reduce((before, key) => addToast(before, { key, stays: key === key.toUpperCase() }), queue)
}
