import { expect, it } from 'vitest'
import type { Provider } from '#ec/providers/provider.js'
import { type FixtureFile } from '../../support/fixture-files.js'
import { prepareFixture, receiveFixture } from './receive-fixture.js'

const UUIDS = ['6f9619ff-8b86-4d01-b42d-00cf4fc964ff', '0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d9e'] as const

/** How fixtures are named that repeat the one whose name goes before. */
export const SENT_AGAIN = /^(.+)-(?:again|redelivered)$/

export function testFixtures(id: string, provider: Provider, files: readonly FixtureFile[]): void {
  it('there are some that are taken and some that are refused', () => {
    expect(files.filter(({ fixture }) => fixture.expect.status < 300).length).toBeGreaterThanOrEqual(4)
    expect(files.filter(({ fixture }) => fixture.expect.status >= 400).length).toBeGreaterThanOrEqual(4)
    expect(files.filter(({ fixture }) => fixture.expect.status === 413).length).toBeGreaterThanOrEqual(1)
  })

  it('what is sent again has the key of the first time', async () => {
    const pairs = files.flatMap(again => {
      const first = files.find(({ name }) => name === SENT_AGAIN.exec(again.name)?.[1])
      return first === undefined ? [] : [[first, again] as const]
    })
    expect(pairs).toHaveLength(files.filter(({ name }) => SENT_AGAIN.test(name)).length)
    expect(pairs).not.toEqual([])
    for (const [first, again] of pairs) {
      const { notifications } = await receiveFixture(provider, first.fixture)
      expect((await receiveFixture(provider, again.fixture)).notifications).toEqual(notifications)
    }
  })

  it.each(files)('$name is answered and understood as it says', async ({ fixture }) => {
    expect(fixture.provider).toBe(id)
    expect(fixture.request.path).toMatch(new RegExp(`^${id}/`))
    const { status, notifications, events } = fixture.expect
    const outcome = await receiveFixture(provider, fixture)
    expect(outcome.status).toBe(status)
    expectSubset(outcome.notifications, notifications)
    expectSubset(outcome.events, events)
  })

  it.runIf(provider.renew !== undefined)(
    'those that are taken become others by a new key, and only by that',
    async () => {
      for (const { name, fixture } of files.filter(({ fixture }) => fixture.expect.status < 300)) {
        const { resource, secrets, request } = await prepareFixture(provider, fixture)
        const parsed = (uuid: string | null) => {
          const renewed = uuid === null ? request : provider.renew?.(request, uuid)
          const result = renewed && provider.receiver?.parse(renewed, resource, secrets)
          return result?.ok ? result.items : []
        }
        const turns = [null, UUIDS[0], UUIDS[1]].map(parsed)
        const keys = turns.flatMap(items => items.map(({ key }) => key))
        expect(new Set(keys).size, name).toBe(keys.length)
        const [recorded, ...renewed] = turns.map(items => items.map(({ kind }) => kind))
        for (const kinds of renewed) expect(kinds, name).toEqual(recorded)
      }
    },
  )

  it.runIf(provider.sign !== undefined)(
    'those that are taken are taken as well when they are signed anew',
    async () => {
      for (const { name, fixture } of files.filter(({ fixture }) => fixture.expect.status < 300)) {
        // A handshake comes before there is anything to sign with.
        if (fixture.expect.notifications?.length === 0) continue
        const outcome = await receiveFixture(provider, { ...fixture, sign: 'at-replay' })
        expect(outcome.status, name).toBe(fixture.expect.status)
      }
    },
  )
}

function expectSubset(found: readonly object[], expected: readonly object[] | undefined): void {
  if (expected === undefined) return
  if (expected.length === 0) expect(found).toEqual([])
  for (const one of expected) expect(found).toContainEqual(expect.objectContaining(one))
}
