import { describe, expect, it } from 'vitest'
import { describe as describeNotification } from '#ec/providers/website/map.js'
import { aNotification, aResource } from '../../../support/webhook.js'

const resource = { ...aResource('website'), name: 'Lighthouse' }
const told = (type: string, data: unknown = {}, rest: Record<string, unknown> = {}) =>
  describeNotification(aNotification('website', type, { type, data, ...rest }), resource)[0]

describe('describe', () => {
  it('tells what the sender says under the usual names', () => {
    const data = {
      resource: 'article',
      id: 17,
      action: 'updated',
      title: 'A month in seconds',
      description: 'How time is simulated.',
      url: 'https://lighthouse.example.com/17',
    }
    expect(told('content.updated', data, { timestamp: '2026-01-05T08:59:58Z' })).toMatchObject({
      type: 'website.content.updated',
      title: 'Content updated: A month in seconds',
      body: 'How time is simulated.',
      cta: { label: 'Open the page', url: 'https://lighthouse.example.com/17' },
      thread: 'article 17',
      created_at: '2026-01-05T08:59:58.000Z',
      data: { type: 'content.updated', resource: 'article', id: '17', action: 'updated', webhook_id: 'k1' },
    })
  })

  it.each([
    ['order.paid', {}, 'website.order.paid', 'Order paid'],
    ['ping', null, 'website.ping', 'Ping'],
    ['user_signed-up', { name: 'Ana' }, 'website.user_signed-up', 'User signed up: Ana'],
    ['a.b.c.d', [], 'website.a.b_c_d', 'A b c d'],
    ['content.deleted', { resource: 'article', id: 'x' }, 'website.content.deleted', 'Content deleted: article x'],
    ['***', {}, 'website.unknown', '***'],
    [
      `${'x'.repeat(60)}.${'y.'.repeat(29)}`,
      {},
      `website.${'x'.repeat(42)}.${'y_'.repeat(21).slice(0, -1)}`,
      undefined,
    ],
  ])('gives %s a legal type', (kind, data, type, title) => {
    const event = told(kind, data)
    expect(event?.type).toBe(type)
    if (title !== undefined) expect(event?.title).toBe(title)
    expect(event?.body).toBe('Lighthouse')
  })

  it('links nowhere but to the web', () => {
    expect(told('a.b', { url: 'javascript:alert(1)' })?.cta).toBeUndefined()
  })
})
