import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEvent } from '#ec/core/event-schema.js'

const MINIMAL = { user_id: 'ann', type: 'task.created', title: 'A task', body: '' }

function accept(fields: object) {
  const parsed = parseEvent({ ...MINIMAL, ...fields })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.input
}

function refuse(raw: unknown) {
  const parsed = parseEvent(raw)
  return parsed.ok ? [] : parsed.problems
}

/** An object that nests so many others. */
function nested(levels: number): object {
  return levels === 0 ? {} : { a: nested(levels - 1) }
}

describe('parseEvent', () => {
  it('takes what is required, and fills in the level alone', () => {
    expect(accept({})).toEqual({ ...MINIMAL, level: 'info' })
  })

  it.each([
    [{ user_id: 42 }, { user_id: '42' }],
    [{ user_id: 9007199254740991 }, { user_id: '9007199254740991' }],
    [{ channels: ['ws', 'push', 'ws'] }, { channels: ['ws', 'push'] }],
    [{ channels: [] }, { channels: [] }],
    [{ data: { service: 'ci' } }, { service: 'ci' }],
    [{ data: { service: 'ci' }, service: 'own' }, { service: 'own' }],
    [{ created_at: '2026-01-05T10:00:00+01:00' }, { created_at: '2026-01-05T09:00:00.000Z' }],
    [{ 'x-run': { deep: [1, null] } }, { 'x-run': { deep: [1, null] } }],
    [{ actor: { name: 'Ann' } }, { actor: { name: 'Ann' } }],
  ])('reads %j as %j', (fields, expected) => {
    expect(accept(fields)).toMatchObject(expected)
  })

  it.each([
    [{ user_id: 1.5 }, 'user_id'],
    [{ user_id: 2 ** 53 }, 'user_id'],
    [{ user_id: 'a b' }, 'user_id'],
    [{ type: 'task' }, 'type'],
    [{ title: '' }, 'title'],
    [{ body: null }, 'body'],
    [{ level: 'loud' }, 'level'],
    [{ channels: ['sms'] }, 'channels.0'],
    [{ cta: { label: 'Go', url: 'javascript:alert(1)' } }, 'cta.url'],
    [{ cta: { label: 'Go', url: 'https://a.example', more: 1 } }, 'cta.more'],
    [{ icon: '//evil.example/x.png' }, 'icon'],
    [{ deliver_at: 'tomorrow' }, 'deliver_at'],
    [{ deliver_at: '2026-02-01T00:00:00Z', expires_at: '2026-02-01T00:00:00Z' }, 'expires_at'],
    [{ data: [] }, 'data'],
    [{ data: { when: new Date() } }, 'data'],
    [{ data: nested(100) }, 'data'],
    [{ data: { text: 'x'.repeat(16 * 1024) } }, 'data'],
    [{ body: 'ж'.repeat(17_000) }, ''],
    [{ 'x-deep': nested(100) }, 'x-deep'],
    [{ 'x-odd': () => {} }, 'x-odd'],
  ])('refuses %.60j, naming the field', (fields, path) => {
    expect(refuse({ ...MINIMAL, ...fields }).map(problem => problem.path)).toEqual([path])
  })

  it.each([
    ['titel', 'title'],
    ['userid', 'user_id'],
    ['chanels', 'channels'],
    ['bdoy', 'body'],
  ])('guesses that %s was meant to be %s', (wrong, right) => {
    expect(refuse({ ...MINIMAL, [wrong]: 'x' })).toEqual([
      { path: wrong, message: `unknown field; did you mean ${right}?` },
    ])
  })

  it('names every problem at once, also beside fields of the caller’s own', () => {
    const problems = refuse({ type: 'task.created', body: '', foo: 1, 'x-ok': 1 })
    expect(problems.map(problem => problem.path).toSorted()).toEqual(['foo', 'title', 'user_id'])
  })

  it.each([null, undefined, 7, 'text', [], [MINIMAL]])('refuses %j, which is no object', raw => {
    expect(refuse(raw)).toEqual([{ path: '', message: 'takes a JSON object' }])
  })

  it('knows `__proto__` for a field like any other', () => {
    const raw: unknown = JSON.parse(`{"__proto__":{"level":"error"},${JSON.stringify(MINIMAL).slice(1)}`)
    expect(refuse(raw)).toEqual([{ path: '__proto__', message: 'unknown field' }])
  })

  it('never throws, and takes its own output again unchanged', () => {
    const fields = fc.record(
      {
        user_id: fc.oneof(fc.string(), fc.integer()),
        type: fc.constantFrom('job.done', 'task.created', 'odd', 7),
        title: fc.string(),
        body: fc.string(),
        level: fc.constantFrom('info', 'critical', 'x'),
        channels: fc.array(fc.constantFrom('ws', 'push', 'email')),
        data: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.anything()),
        'x-own': fc.anything(),
      },
      { requiredKeys: ['user_id', 'type', 'title', 'body'] },
    )
    fc.assert(
      fc.property(fc.oneof(fields, fc.anything()), raw => {
        const parsed = parseEvent(raw)
        if (!parsed.ok) {
          expect(parsed.problems.length).toBeGreaterThan(0)
          return
        }
        expect(parseEvent(parsed.input)).toEqual(parsed)
        expect(Buffer.byteLength(JSON.stringify(parsed.input))).toBeLessThanOrEqual(32 * 1024)
      }),
      { numRuns: 500 },
    )
  })
})
