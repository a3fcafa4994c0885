import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dottedType, draftEvent, parseInstant, type EventDraft } from '#ec/core/event-draft.js'
import { parseEvent } from '#ec/core/event-schema.js'
import { RECEIVED_AT } from '../../support/webhook.js'

const origin = { userId: 'ana', provider: 'github', receivedAt: RECEIVED_AT }
const draft = (rest: Partial<EventDraft> = {}) =>
  draftEvent({ type: 'github.push', title: 'A title', body: 'A body', data: {}, ...rest }, origin)

describe('draftEvent', () => {
  it('makes an event of a draft', () => {
    const full = {
      level: 'warning',
      url: 'https://example.com/a',
      urlLabel: 'See',
      thread: 'a#1',
      actor: 'ben',
    } as const
    expect(draft({ ...full, at: '2026-01-05T09:59:58+01:00', data: { n: 1, gone: null, empty: '' } })).toEqual({
      user_id: 'ana',
      type: 'github.push',
      title: 'A title',
      body: 'A body',
      level: 'warning',
      cta: { label: 'See', url: 'https://example.com/a' },
      data: { n: 1 },
      created_at: '2026-01-05T08:59:58.000Z',
      thread: 'a#1',
      service: 'github',
      actor: 'ben',
      source: 'github',
    })
  })

  it('leaves out what was not said', () => {
    expect(Object.keys(draft({ thread: '', actor: ' \n', url: '' })).sort()).toEqual([
      'body',
      'created_at',
      'data',
      'level',
      'service',
      'source',
      'title',
      'type',
      'user_id',
    ])
  })

  it('takes the type for the title when nothing visible is left of it', () => {
    expect(draft({ title: '\u200b \u0007' }).title).toBe('github.push')
  })

  it.each([
    'javascript:alert(1)',
    'ftp://example.com',
    'http://',
    'https://[bad',
    '//example.com',
    `https://example.com/${'a'.repeat(2048)}`,
    `https://example.com/${'\u00e9'.repeat(700)}`,
  ])('leaves out the link %j', url => {
    expect(draft({ url })).not.toHaveProperty('cta')
  })

  it('spells every link as the parser does', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', 'z', 'B', '1', '.', '-', '_', '%', '0x', 'xn--', ':'),
      maxLength: 4,
    })
    const host = fc.array(part, { minLength: 1, maxLength: 3 }).map(parts => parts.join('.'))
    const path = fc.array(part, { maxLength: 4 }).map(parts => parts.map(one => `/${one}`).join(''))
    const link = fc.tuple(fc.constantFrom('http://', 'https://'), host, path).map(parts => parts.join(''))
    fc.assert(
      fc.property(
        fc.oneof(
          link,
          path.map(rest => `https://example.com${rest}`),
        ),
        url => {
          expect(draft({ url }).cta?.url).toBe(URL.canParse(url) ? new URL(url).href : undefined)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('spells a link so that nothing in it can break a line', () => {
    expect(draft({ url: 'HTTPS://example.com/a b\n<\ud800>' }).cta?.url).toBe(
      'https://example.com/a%20b%3C%EF%BF%BD%3E',
    )
  })

  it.each([
    ['2026-01-05T08:59:00Z', '2026-01-05T08:59:00.000Z'],
    [RECEIVED_AT / 1000 - 2, '2026-01-05T08:59:58.000Z'],
    ['2026-01-05T09:00:01Z', '2026-01-05T09:00:00.000Z'],
    ['2025-12-01T09:00:00Z', '2026-01-05T09:00:00.000Z'],
    ['2026-01-05T08:59:00', '2026-01-05T09:00:00.000Z'],
    ['yesterday', '2026-01-05T09:00:00.000Z'],
    [NaN, '2026-01-05T09:00:00.000Z'],
    [{}, '2026-01-05T09:00:00.000Z'],
    [undefined, '2026-01-05T09:00:00.000Z'],
  ])('believes the instant %j within the last seven days only', (at, expected) => {
    expect(draft({ at }).created_at).toBe(expected)
  })

  it('keeps the contract of events whatever the draft holds', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.nat(0xffff).map(code => String.fromCharCode(code)), maxLength: 60 }),
      fc.constantFrom('x'.repeat(100_000), '🦊'.repeat(50_000), '\u0001'.repeat(50_000)),
    )
    const value = fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null))
    const anything = fc.record({
      type: fc.tuple(text, text).map(parts => dottedType('github', ...parts)),
      title: text,
      body: text,
      url: fc.oneof(
        text,
        fc.webUrl(),
        text.map(rest => `https://example.com/${rest}`),
      ),
      urlLabel: text,
      thread: text,
      actor: text,
      at: fc.oneof(value, fc.integer()),
      data: fc.dictionary(fc.string({ maxLength: 10 }), value, { maxKeys: 10 }),
    })
    fc.assert(
      fc.property(anything, draft => {
        const parsed = parseEvent(draftEvent(draft, origin))
        expect(parsed.ok ? [] : parsed.problems).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})

describe('dottedType', () => {
  it.each([
    [['github', 'issues', 'opened'], 'github.issues.opened'],
    [['github', 'push', ''], 'github.push'],
    [['github', 'repository_dispatch', 'deploy to: prod.eu!'], 'github.repository_dispatch.deploy_to_prod_eu'],
    [['github', '...', '\u0000'], 'github.unknown'],
    [['github', 'x'.repeat(200), 'y'.repeat(200)], `github.${'x'.repeat(42)}.${'y'.repeat(42)}`],
  ])('makes of %j %j', ([first = '', ...rest], expected) => {
    expect(dottedType(first, ...rest)).toBe(expected)
  })
})

describe('parseInstant', () => {
  it('takes RFC 3339 with an offset, and nothing that the zone of this machine would decide', () => {
    expect(parseInstant('2026-01-05T10:00:00.123+01:00')).toBe(Date.parse('2026-01-05T09:00:00.123Z'))
    expect(parseInstant('2026-01-05T10:00Z')).toBe(Date.parse('2026-01-05T10:00:00Z'))
    for (const text of [
      '2026-01-05T10:00:00',
      '2026-01-05',
      'Mon, 05 Jan 2026 09:00:00 GMT',
      '0',
      '2026-02-30T25:00:00Z',
    ]) {
      expect(parseInstant(text)).toBeNaN()
    }
  })
})
