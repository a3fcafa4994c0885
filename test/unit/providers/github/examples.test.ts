import { createRequire } from 'node:module'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEvent } from '#ec/core/event-schema.js'
import { describe as describeNotification } from '#ec/providers/github/map.js'
import { parse } from '#ec/providers/github/webhook.js'
import { hostileJson, mutated } from '../../../support/hostile-json.js'
import { aNotification, aRequest, aResource } from '../../../support/webhook.js'

/** Real deliveries, collected by Octokit; of github.com and of five versions of GitHub Enterprise Server. */
const HOUSES = ['api.github.com', 'ghes-31', 'ghes-32', 'ghes-33', 'ghes-34', 'ghes-35'] as const
const resource = aResource('github')
const GUID = '72d3162e-cc78-11e3-81ab-4c9367dc0958'

interface Example {
  readonly kind: string
  readonly payload: unknown
}

function examplesOf(house: (typeof HOUSES)[number]): readonly Example[] {
  const index: readonly { name: string; examples: readonly unknown[] }[] = createRequire(import.meta.url)(
    `@octokit/webhooks-examples/${house}/index.json`,
  )
  return index.flatMap(({ name, examples }) => examples.map(payload => ({ kind: name, payload })))
}

const eventsOf = ({ kind, payload }: Example) => describeNotification(aNotification('github', kind, payload), resource)

describe.each(HOUSES)('the real deliveries of %s', house => {
  const examples = examplesOf(house)

  it('are all parsed', () => {
    expect(examples.length).toBeGreaterThan(40)
    for (const { kind, payload } of examples) {
      const headers = { 'x-github-event': kind, 'x-github-delivery': GUID, 'content-type': 'application/json' }
      const result = parse(aRequest(headers, JSON.stringify(payload)), resource)
      expect(result).toEqual({ ok: true, items: [{ key: GUID, kind }] })
    }
  })

  it('make one valid event each, a ping none', () => {
    for (const example of examples) {
      const events = eventsOf(example)
      expect(events, example.kind).toHaveLength(example.kind === 'ping' ? 0 : 1)
      for (const event of events) {
        const parsed = parseEvent(event)
        expect(parsed.ok ? [] : parsed.problems, example.kind).toEqual([])
        expect(JSON.stringify(event.data).length).toBeLessThan(1024)
      }
    }
  })

  it('read as sentences, with who, where and a link', () => {
    for (const example of examples) {
      for (const event of eventsOf(example)) {
        const text = `${event.title}\n${event.body}`
        expect(text).not.toMatch(/undefined|\bnull\b|\[object |NaN|\p{Cc}(?<!\n)/u)
        expect(event.title).toMatch(/^\S+( \S+)+$/)
        expect(event.body).toMatch(/\S/)
        expect(event.cta?.url, text).toMatch(/^https?:\/\/(?!api\.)/)
        const repository = event.data?.['repository']
        if (typeof repository === 'string') expect(text).toContain(repository)
      }
    }
  })
})

describe('the real deliveries', () => {
  const examples = HOUSES.flatMap(examplesOf)

  it('are described as they were when somebody last read it all', async () => {
    const lines = new Set<string>()
    for (const event of examples.flatMap(eventsOf)) lines.add(`${event.type} | ${event.level} | ${event.title}`)
    await expect(`${[...lines].sort().join('\n')}\n`).toMatchFileSnapshot('./examples.txt')
  })

  it('stay valid with any one value replaced by something hostile', () => {
    const kinds = [...new Set(examples.map(({ kind }) => kind))]
    const byKind = new Map(kinds.map(kind => [kind, examples.filter(e => e.kind === kind).map(e => e.payload)]))
    const delivery = fc
      .constantFrom(...kinds)
      .chain(kind => fc.record({ kind: fc.constant(kind), payload: mutated(byKind.get(kind) ?? []) }))
    fc.assert(fc.property(delivery, expectValid), { numRuns: 600 })
  })

  it('stay valid under the name of any other kind', () => {
    const kinds = [...new Set(examples.map(({ kind }) => kind)), 'teapot', 'constructor', '__proto__']
    const payload = fc.oneof(hostileJson, fc.constantFrom(...examples.map(example => example.payload)))
    fc.assert(fc.property(fc.record({ kind: fc.constantFrom(...kinds), payload }), expectValid), { numRuns: 500 })
  })
})

function expectValid(example: Example): void {
  for (const event of eventsOf(example)) {
    const parsed = parseEvent(event)
    expect(parsed.ok ? [] : parsed.problems, example.kind).toEqual([])
  }
}
