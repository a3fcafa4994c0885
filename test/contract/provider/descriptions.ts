import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseEvent } from '#ec/core/event-schema.js'
import { type Fixture } from '#ec/core/fixture.js'
import type { NotificationRecord } from '#ec/core/notification.js'
import type { Provider, Receiver } from '#ec/providers/provider.js'
import { type FixtureFile } from '../../support/fixture-files.js'
import { hostileJson, mutated } from '../../support/hostile-json.js'
import { aNotification, aResource } from '../../support/webhook.js'
import { receiveFixture } from './receive-fixture.js'

export function testDescriptions(
  id: string,
  provider: Provider,
  receiver: Receiver,
  files: readonly FixtureFile[],
): void {
  const resource = aResource(id)
  const accepted = files.filter(({ fixture }) => fixture.expect.status < 300)
  const kinds = [...new Set(accepted.flatMap(({ fixture }) => fixture.expect.notifications?.map(n => n.kind) ?? []))]
  const bodies = accepted.flatMap(({ fixture }) => jsonOf(fixture))
  // A service may say everything in its headers; a body all the same must not trouble it.
  const documents = bodies.length === 0 ? [{}] : bodies

  it('gives the owner valid, readable events that say where they come from', async () => {
    for (const { name, fixture } of accepted) {
      for (const event of (await receiveFixture(provider, fixture)).events) {
        expect(parseEvent(event), name).toMatchObject({ ok: true })
        expect(event).toMatchObject({ user_id: resource.userId, source: id, service: id })
        expect(`${event.title}\n${event.body}`, name).not.toMatch(/undefined|\bnull\b|\[object |NaN|\s\s\S/)
        expect(event.data, name).toHaveProperty('notification_id')
        expect(JSON.stringify(event.data).length, name).toBeLessThan(1024)
      }
    }
  })

  it('still says that something came when the body is no longer kept', () => {
    for (const kind of kinds) {
      const forgotten = aNotification(id, kind, '', { body: null, headers: null })
      const known = aNotification(id, kind, documents[0])
      expect(receiver.describe(forgotten, resource)).toHaveLength(receiver.describe(known, resource).length)
      expectValid(receiver, forgotten)
    }
  })

  it('gives valid events for any JSON, and never throws', () => {
    const kind = fc.oneof(fc.constantFrom(...kinds), fc.constantFrom('constructor', '__proto__', 'x'.repeat(64)))
    fc.assert(
      fc.property(kind, fc.oneof(hostileJson, fc.dictionary(fc.constant('payload'), hostileJson)), (kind, json) =>
        expectValid(receiver, aNotification(id, kind, JSON.stringify(json))),
      ),
      { numRuns: 500 },
    )
  })

  it('gives valid events for its own fixtures with any one value replaced', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), mutated(documents), (kind, json) =>
        expectValid(receiver, aNotification(id, kind, JSON.stringify(json))),
      ),
      { numRuns: 1000 },
    )
  })

  it('gives valid events for any bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.uint8Array({ maxLength: 300 }), (kind, body) => {
        expectValid(receiver, aNotification(id, kind, body))
        const headers = { 'content-type': 'application/x-www-form-urlencoded' }
        expectValid(receiver, aNotification(id, kind, body, { headers }))
      }),
      { numRuns: 300 },
    )
  })
}

function expectValid(receiver: Receiver, notification: NotificationRecord): void {
  for (const event of receiver.describe(notification, aResource(notification.provider))) {
    const parsed = parseEvent(event)
    expect(parsed.ok ? [] : parsed.problems).toEqual([])
    const text = `${event.title}\n${event.body}\n${event.thread ?? ''}\n${JSON.stringify(event.actor ?? '')}`
    expect(text.replaceAll('\n', ' ')).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u)
    expect(event.title.length).toBeLessThanOrEqual(300)
  }
}

function jsonOf(fixture: Fixture): readonly unknown[] {
  try {
    return [JSON.parse(fixture.request.body ?? '')]
  } catch {
    return []
  }
}
