import { describe, expect, it } from 'vitest'
import { explainNotification } from '#ec/agent/receive/explain.js'
import { NOTIFICATION_STATES, type Notification } from '#ec/core/notification.js'

const BASE: Notification = {
  id: 'ntf_7',
  provider: 'github',
  resourceId: 'r-1',
  key: 'k',
  kind: 'push',
  state: 'accepted',
  receivedAt: Date.parse('2026-01-05T09:00:00.000Z'),
  processedAt: null,
  reason: null,
  detail: null,
}

describe('explainNotification', () => {
  it.each([
    [{}, 'waits for its turn'],
    [{ state: 'held' as const }, 'ec resources resume r-1'],
    [{ state: 'processed' as const, processedAt: Date.parse('2026-01-05T09:00:01.000Z') }, '2026-01-05T09:00:01.000Z'],
    [{ state: 'dead' as const, detail: 'no such branch' }, 'In detail: no such branch.'],
    [{ state: 'dead' as const }, 'ec jobs retry'],
    [{ state: 'quarantined' as const, reason: 'EC_SECRET_MISSING' }, 'had no secret'],
    [{ state: 'quarantined' as const, reason: 'EC_SIGNATURE_MISSING' }, 'ec resources show r-1'],
    [{ state: 'quarantined' as const, reason: 'EC_SIGNATURE_INVALID', detail: '12 bytes' }, 'In detail: 12 bytes.'],
    [{ state: 'quarantined' as const, reason: 'EC_HANDSHAKE_REFUSED', detail: 'late' }, 'In detail: late.'],
    [{ state: 'quarantined' as const, reason: 'EC_NOTIFICATION_MALFORMED' }, 'authentic'],
    [{ state: 'quarantined' as const, reason: 'EC_OVERLOADED' }, 'too much at once'],
    [{ state: 'quarantined' as const, reason: 'A_CODE_OF_TOMORROW' }, 'A_CODE_OF_TOMORROW'],
    [{ state: 'quarantined' as const }, 'It was refused.'],
  ])('of %o says "%s"', (patch, words) => {
    expect(explainNotification({ ...BASE, ...patch }, null).join('\n')).toContain(words)
  })

  it('says in whole sentences what came, and from whom', () => {
    for (const state of NOTIFICATION_STATES) {
      const sentences = explainNotification({ ...BASE, state, kind: state === 'quarantined' ? '' : 'push' }, null)
      expect(sentences[0]).toContain('from github came at 2026-01-05T09:00:00.000Z')
      for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/)
    }
  })
})
