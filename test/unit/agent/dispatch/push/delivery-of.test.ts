import { describe, expect, it } from 'vitest'
import { collapseOf } from '#ec/agent/dispatch/push/collapse-of.js'
import { deliveryOf } from '#ec/agent/dispatch/push/delivery-of.js'
import type { EcEvent } from '#ec/core/event.js'

const NOW = Date.parse('2026-01-05T09:00:00.000Z')
const BASE: EcEvent = {
  id: 'evt_1',
  user_id: '42',
  type: 'task.created',
  title: 'A title',
  body: '',
  level: 'info',
  created_at: '2026-01-05T09:00:00.000Z',
}

describe('how an event is delivered', () => {
  it.each<[string, Partial<EcEvent>, number, string]>([
    ['job.done', {}, 86_400, 'normal'],
    ['job.done', { level: 'error' }, 86_400, 'high'],
    ['action.required', {}, 28 * 86_400, 'high'],
    ['action.required', { expires_at: '2026-01-05T09:10:00.000Z' }, 600, 'high'],
    ['action.required', { expires_at: '2027-01-05T09:00:00.000Z' }, 28 * 86_400, 'high'],
    ['message.new', {}, 86_400, 'high'],
    ['reminder.due', {}, 3_600, 'high'],
    ['reminder.due', { expires_at: '2026-01-05T12:00:00.000Z' }, 10_800, 'high'],
    ['system.alert', {}, 3 * 86_400, 'normal'],
    ['system.alert', { level: 'critical' }, 3 * 86_400, 'high'],
    ['task.created', {}, 86_400, 'normal'],
    ['task.created', { expires_at: '2026-01-05T09:00:01.500Z' }, 1, 'normal'],
  ])('%s %j', (type, change, ttl, urgency) => {
    expect(deliveryOf({ ...BASE, type, ...change }, NOW)).toMatchObject({ ttl, urgency })
  })

  it('is not, once it has expired', () => {
    expect(deliveryOf({ ...BASE, expires_at: '2026-01-05T09:00:00.000Z' }, NOW)).toBeNull()
  })

  it('has a topic that a push service takes, the same for what takes the same place', () => {
    const topics = [
      { collapse_key: 'build:7' },
      { collapse_key: 'build:7', title: 'Another' },
      { collapse_key: 'b' },
    ].map(change => deliveryOf({ ...BASE, ...change }, NOW)!.topic)
    expect(topics[0]).toMatch(/^[\w-]{32}$/)
    expect(topics[1]).toBe(topics[0])
    expect(topics[2]).not.toBe(topics[0])
  })
})

describe('what takes the place of what', () => {
  it.each<[string, Partial<EcEvent>, string]>([
    ['job.done', { data: { job_id: 7 } }, 'job:7'],
    ['job.done', { data: { job_id: 7 }, collapse_key: 'mine' }, 'mine'],
    ['job.done', { data: { job_id: [] } }, 'evt_1'],
    ['action.required', { data: { action_id: 'act_7' } }, 'act:act_7'],
    ['message.new', { thread: 'general' }, 'thr:general'],
    ['message.new', { data: { thread_id: 'general' } }, 'thr:general'],
    ['reminder.due', { data: { reminder_id: 'r' } }, 'rem:r'],
    ['system.alert', { data: { issue_id: 'i' } }, 'iss:i'],
    ['task.created', { thread: 'general', data: { job_id: 7 } }, 'evt_1'],
  ])('%s %j', (type, change, key) => {
    expect(collapseOf({ ...BASE, type, ...change })).toBe(key)
  })
})
