import { expect, it } from 'vitest'
import { makeFixture } from '#ec/commands/capture/make-fixture.js'
import { loadProvider } from '#ec/providers/index.js'

it('names nobody in what it says of the request either, where a service makes kinds of addresses', async () => {
  const body = JSON.stringify({ type: 'order.of eva@corp.org', data: { customer: { email: 'eva@corp.org' } } })
  const captured = {
    provider: 'website',
    reason: null,
    receivedAt: '2026-01-05T09:00:00.000Z',
    headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' },
    body: Buffer.from(body),
    settings: {},
  }
  const { fixture } = await makeFixture(captured, await loadProvider('website'), [])
  expect(JSON.stringify(fixture)).not.toContain('eva@corp')
  expect(fixture).toMatchObject({
    description: 'Captured: order.of person1@example.com.',
    expect: { notifications: [{ kind: 'order.of person1@example.com' }] },
  })
})
