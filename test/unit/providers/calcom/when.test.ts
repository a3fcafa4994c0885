import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { firstZone, formatDay, formatSpan, formatTime } from '#ec/providers/calcom/when.js'

const now = Date.parse('2026-01-05T09:00:00Z')

describe('formatTime', () => {
  it.each([
    ['2026-01-05T09:00:00Z', 'Europe/Madrid', 'Mon 5 Jan 10:00'],
    ['2026-01-05T09:00:00Z', 'America/New_York', 'Mon 5 Jan 04:00'],
    ['2026-01-05T09:00:00Z', 'Asia/Kolkata', 'Mon 5 Jan 14:30'],
    ['2026-01-05T09:00:00+09:00', 'UTC', 'Mon 5 Jan 00:00'],
    ['2026-07-05T09:00:00Z', 'Europe/Madrid', 'Sun 5 Jul 11:00'],
    ['2026-09-30T23:30:00Z', 'Europe/Madrid', 'Thu 1 Oct 01:30'],
    ['2026-03-29T00:59:00Z', 'Europe/Madrid', 'Sun 29 Mar 01:59'],
    ['2026-03-29T01:00:00Z', 'Europe/Madrid', 'Sun 29 Mar 03:00'],
    ['2027-01-05T09:00:00Z', 'UTC', 'Tue 5 Jan 2027 09:00'],
    ['2026-12-31T23:30:00Z', 'Asia/Tokyo', 'Fri 1 Jan 2027 08:30'],
    ['2026-01-05T10:00:00', 'Europe/Madrid', ''],
    ['soon', 'UTC', ''],
    ['', 'UTC', ''],
  ])('%s in %s is %j', (text, zone, expected) => {
    expect(formatTime(text, zone, now)).toBe(expected)
  })
})

describe('formatSpan', () => {
  it.each([
    ['2026-01-05T09:00:00Z', '2026-01-05T09:30:00Z', 'Mon 5 Jan 09:00 to 09:30'],
    ['2026-01-05T23:30:00Z', '2026-01-06T00:30:00Z', 'Mon 5 Jan 23:30 to Tue 6 Jan 00:30'],
    ['2026-01-05T09:00:00Z', '', 'Mon 5 Jan 09:00'],
    ['', '2026-01-05T09:30:00Z', ''],
  ])('%s to %s is %j', (start, end, expected) => {
    expect(formatSpan(start, end, 'UTC', now)).toBe(expected)
  })
})

describe('formatDay', () => {
  it('is a day of UTC, which no zone moves to the day before', () => {
    expect(formatDay('2026-01-12T00:00:00.000Z', now)).toBe('Mon 12 Jan')
    expect(formatDay('2027-01-12T23:59:59.999Z', now)).toBe('Tue 12 Jan 2027')
    expect(formatDay('2026-01-12', now)).toBe('')
  })
})

describe('firstZone', () => {
  it.each([
    [['Europe/Madrid', 'UTC'], 'Europe/Madrid'],
    [['', 'America/Argentina/Buenos_Aires'], 'America/Argentina/Buenos_Aires'],
    [['Europe/Nowhere', 'Etc/GMT+5'], 'Etc/GMT+5'],
    [['+05:30', 'x'.repeat(100), '../etc/passwd', '\u0000'], 'UTC'],
    [[], 'UTC'],
  ])('of %j is %s', (zones, expected) => {
    expect(firstZone(...zones)).toBe(expected)
  })
})

describe('many zones, one after another', () => {
  it('do not mix', () => {
    const zones = Intl.supportedValuesOf('timeZone').slice(0, 120)
    const times = () => zones.map(zone => formatTime('2026-01-05T09:00:00Z', zone, now))
    expect(times()).toEqual(times())
    expect(new Set(times()).size).toBeGreaterThan(10)
    expect(formatTime('2026-01-05T09:00:00Z', 'Asia/Kolkata', now)).toBe('Mon 5 Jan 14:30')
  })
})

describe('the zone of the machine', () => {
  const script = `
    const { describe } = await import(process.argv[1])
    const booking = {
      uid: 'bk_1', type: '30min', startTime: '2026-01-05T09:00:00Z', endTime: '2026-01-05T09:30:00Z',
      organizer: { timeZone: 'Europe/Madrid' }, attendees: [{ name: 'Ana' }], rescheduleStartTime: '2026-01-04T23:30:00Z',
    }
    const oooEntry = { start: '2026-01-12T00:00:00.000Z', end: '2026-01-16T23:59:59.999Z', user: { name: 'Ben' } }
    const events = [['BOOKING_RESCHEDULED', booking], ['OOO_CREATED', { oooEntry }]].flatMap(([kind, payload]) => {
      const body = Buffer.from(JSON.stringify({ triggerEvent: kind, createdAt: '2026-01-05T08:59:58Z', payload }))
      return describe({ id: 'ntf_1', kind, receivedAt: ${now}, headers: {}, body }, { userId: 'ana', settings: {} })
    })
    process.stdout.write(JSON.stringify(events))
  `
  const map = join(import.meta.dirname, '..', '..', '..', '..', 'dist', 'providers', 'calcom', 'map.js')
  const eventsUnder = (zone: string): string =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script, map], {
      env: { ...process.env, TZ: zone, LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' },
      encoding: 'utf8',
    })

  it('changes nothing that is told', () => {
    const [first, ...others] = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati'].map(eventsUnder)
    expect(first).toContain('from Mon 5 Jan 00:30 to Mon 5 Jan 10:00 (Europe/Madrid)')
    expect(first).toContain('Out of office: Ben, Mon 12 Jan to Fri 16 Jan')
    for (const other of others) expect(other).toBe(first)
  })
})
