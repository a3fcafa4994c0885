import { describe, expect, it } from 'vitest'
import type { Dispatcher } from '#ec/agent/dispatch/dispatcher.js'
import { EcError } from '#ec/core/errors.js'
import { Delivery } from '../support/delivery.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

describe('an event that goes out by push', () => {
  it('is brought to each device of its user, and the trace says so', async () => {
    const d = await Delivery.open()
    await d.device('ann')
    await d.device('ann')
    await d.device('bob')
    const id = await d.emit()
    await d.settle()
    expect(d.shown()).toEqual([id, id])
    expect(await d.steps(id)).toEqual(['push queued', 'push queued', 'push sent', 'push sent'])
    expect(await d.told(id)).toContain(
      'push: sent to a phone at 2026-01-05T09:00:00.000Z, and its push service took it.',
    )
  })

  it('makes no work for a user without a device', async () => {
    const d = await Delivery.open()
    const id = await d.emit()
    expect((await d.backend.store.countJobs()).ready).toBe(0)
    expect(await d.told(id)).toContain('push: not sent, ann has no device that takes pushes')
  })

  it('is tried again by the waits of push, at one device without another', async () => {
    const d = await Delivery.open()
    await d.device('ann', 503, 500, 'cut')
    await d.device('ann')
    const id = await d.emit()
    await d.settle()
    expect(d.shown()).toEqual([id])
    await d.pass(4.9 * SECOND)
    expect(d.service.arrived()).toBe(2)
    await d.pass(0.2 * SECOND)
    expect(d.service.arrived()).toBe(3)
    expect(await d.told(id)).toContain('it is tried again at 2026-01-05T09:00:35')
    await d.pass(31 * SECOND)
    await d.pass(2 * MINUTE)
    expect(d.shown()).toEqual([id, id])
    expect((await d.steps(id)).filter(step => step.startsWith('push retrying'))).toHaveLength(3)
  })

  it('waits as long as the push service asks', async () => {
    const d = await Delivery.open()
    await d.device('ann', { status: 429, headers: { 'retry-after': '600' } })
    const id = await d.emit()
    await d.settle()
    await d.pass(9 * MINUTE)
    expect(d.service.arrived()).toBe(1)
    await d.pass(MINUTE)
    expect(d.shown()).toEqual([id])
  })

  it('is a dead letter after six tries', async () => {
    const d = await Delivery.open()
    await d.device('ann', 503, 503, 503, 503, 503, 503)
    const id = await d.emit()
    await d.settle()
    for (let i = 0; i < 5; i++) await d.pass(31 * MINUTE)
    expect(d.service.arrived()).toBe(6)
    expect(await d.told(id)).toContain('push: a phone did not get it: the push service answered 503.')
    const { rows } = await d.backend.store.listJobs({ state: 'dead', limit: 10 })
    expect(rows).toMatchObject([{ kind: 'push.send', attempt: 6 }])
  })

  it.each([404, 410])('removes a device of which its service says %i, and no other', async status => {
    const d = await Delivery.open()
    await d.device('ann', status)
    const stays = await d.device('ann', 503)
    const id = await d.emit()
    await d.settle()
    const { rows } = await d.backend.store.listDevices({ userId: 'ann', limit: 10 })
    expect(rows.map(device => device.id)).toEqual([stays])
    expect(await d.told(id)).toContain('push: a phone is not there any more and was removed')
  })

  it('keeps the device when the key is refused, tells the operator, and goes out once that is mended', async () => {
    const d = await Delivery.open()
    await d.device('ann', 403, 403)
    const id = await d.emit()
    await d.settle()
    expect(d.troubles).toEqual(['localhost: 403'])
    expect(await d.told(id)).toContain('push: a phone did not get it yet (the key was refused: 403)')
    await d.pass(6 * SECOND)
    expect(d.shown()).toEqual([id])
  })

  it('is not tried again once it has been read, has expired or was withdrawn', async () => {
    const d = await Delivery.open()
    await d.device('ann', 503, 503, 503)
    const ids = [await d.emit(), await d.emit({ expires_at: '2026-01-05T09:00:02Z' }), await d.emit()]
    await d.settle()
    await d.mark(ids[0] ?? '', 'read')
    await d.mark(ids[2] ?? '', 'retracted')
    await d.pass(10 * SECOND)
    expect(d.service.arrived()).toBe(3)
    const ends = await Promise.all(ids.map(async id => (await d.steps(id)).at(-1)))
    expect(ends).toEqual(['push dropped read', 'push dropped expired', 'push dropped retracted'])
  })

  it('leaves the newest of what takes its place, in order, however the service stumbles', async () => {
    const d = await Delivery.open()
    await d.device('ann', 503)
    const first = await d.emit({ collapse_key: 'build' })
    const second = await d.emit({ collapse_key: 'build' })
    const other = await d.emit()
    await d.settle()
    expect(d.shown()).toEqual([other])
    await d.pass(6 * SECOND)
    expect(d.shown()).toEqual([other, first, second])
  })

  it('loses nothing in a crash, wherever it happens', async () => {
    const d = await Delivery.open()
    await d.device('ann', 503, 'cut')
    const id = await d.emit()
    await d.crash()
    await d.settle()
    await d.crash()
    await d.pass(10 * SECOND)
    await d.crash()
    await d.pass(10 * MINUTE)
    expect(new Set(d.shown())).toEqual(new Set([id]))
  })
})

describe('a channel that fails for our own sake', () => {
  it('is tried again as work is, and in the end the trace says why', async () => {
    const broken: Dispatcher = {
      channel: 'exec',
      targets: async userId => [{ id: 'x', userId, label: 'a command' }],
      deliver: () => Promise.reject(new EcError('EC_INTERNAL', 'it broke')),
      checks: async () => [],
    }
    const d = await Delivery.open({ others: [broken] })
    const id = await d.emit({ channels: ['exec'] })
    await d.settle()
    for (let i = 0; i < 10; i++) await d.pass(2 * MINUTE)
    expect((await d.steps(id)).at(-1)).toBe('exec failed EC_INTERNAL')
    expect((await d.backend.store.listJobs({ state: 'dead', limit: 10 })).rows).toMatchObject([{ kind: 'exec.send' }])
  })
})

describe('push for somebody who is looking', () => {
  it.each([
    ['job.done', 10],
    ['action.required', 8],
    ['message.new', 20],
    ['system.alert', 10],
    ['task.created', 10],
  ])('waits with a %s for %i s, in which it may be seen', async (type, seconds) => {
    const d = await Delivery.open()
    await d.device('ann')
    d.presence = { focused: 1, threads: [] }
    const [seen, unseen] = [
      await d.emit({ type, channels: ['ws', 'push'] }),
      await d.emit({ type, channels: ['ws', 'push'] }),
    ]
    await d.pass(seconds * SECOND - 1)
    expect(d.shown()).toEqual([])
    await d.mark(seen, 'seen')
    await d.pass(1)
    expect(d.shown()).toEqual([unseen])
    expect(await d.told(seen)).toContain('push: not sent, it had been seen by then.')
    expect(await d.told(unseen)).toContain('push: held back until')
  })

  it.each([
    ['a reminder', { type: 'reminder.due' }],
    ['a critical alert', { type: 'system.alert', level: 'critical' }],
    ['what shows in no client', { channels: ['push'] }],
  ])('does not wait with %s', async (_what, fields) => {
    const d = await Delivery.open()
    await d.device('ann')
    d.presence = { focused: 1, threads: [] }
    const id = await d.emit(fields)
    await d.settle()
    expect(d.shown()).toEqual([id])
  })

  it('is left out for a message whose conversation is open in front of the person', async () => {
    const d = await Delivery.open()
    await d.device('ann')
    d.presence = { focused: 1, threads: ['t1'] }
    const [here, elsewhere] = [
      await d.emit({ type: 'message.new', thread: 't1' }),
      await d.emit({ type: 'message.new', thread: 't2' }),
    ]
    await d.pass(20 * SECOND)
    expect(d.shown()).toEqual([elsewhere])
    expect(await d.steps(here)).toEqual(['push dropped on_thread'])
  })

  it('goes out although the agent ended while it waited', async () => {
    const d = await Delivery.open()
    await d.device('ann')
    d.presence = { focused: 1, threads: [] }
    const id = await d.emit()
    await d.crash()
    d.presence = { focused: 0, threads: [] }
    await d.pass(10 * SECOND)
    expect(d.shown()).toEqual([id])
  })
})

describe('what quiet hours hold', () => {
  const quiet_hours = { from: '22:00', to: '07:00', tz: 'UTC' }

  it('goes out when they end, once, if nothing happened to it by then', async () => {
    const d = await Delivery.open()
    await d.device('ann')
    await d.prefer('ann', { quiet_hours })
    await d.pass(14 * HOUR)
    const ids = [await d.emit(), await d.emit(), await d.emit({ level: 'critical' })]
    await d.settle()
    expect(d.shown()).toEqual([ids[2]])
    await d.mark(ids[0] ?? '', 'archived')
    await d.crash()
    await d.pass(8 * HOUR - 1)
    expect(d.shown()).toHaveLength(1)
    await d.pass(1)
    expect(d.shown()).toEqual([ids[2], ids[1]])
  })

  it('is not what one device never took, which the other has', async () => {
    const d = await Delivery.open()
    await d.device('ann', 503, 503, 503, 503, 503, 503)
    await d.device('ann')
    await d.prefer('ann', { quiet_hours: { from: '09:10', to: '12:00', tz: 'UTC' } })
    const id = await d.emit()
    await d.settle()
    for (let i = 0; i < 8; i++) await d.pass(31 * MINUTE)
    expect(d.shown()).toEqual([id])
    expect((await d.steps(id)).at(-1)).toBe('push dropped unreachable')
  })

  it('goes by what the person says when it falls due', async () => {
    const d = await Delivery.open()
    await d.device('ann')
    await d.prefer('ann', { quiet_hours })
    await d.pass(14 * HOUR)
    const [muted, longer] = [await d.emit({ service: 'ci' }), await d.emit()]
    await d.prefer('ann', { mute: [{ service: 'ci' }], quiet_hours: { ...quiet_hours, to: '09:00' } })
    await d.pass(8 * HOUR)
    expect(d.shown()).toEqual([])
    expect(await d.told(longer)).toContain('push: held back until 2026-01-06T09:00:00.000Z, since ann has quiet hours')
    await d.pass(2 * HOUR)
    expect(d.shown()).toEqual([longer])
    expect(await d.told(muted)).toContain('push: not sent, ann muted service ci')
  })

  it('counts against the cap of the hour in which it goes out', async () => {
    const d = await Delivery.open()
    await d.device('ann')
    await d.prefer('ann', { quiet_hours, caps: { push: { per_hour: 1 } } })
    await d.pass(14 * HOUR)
    const ids = [await d.emit(), await d.emit()]
    await d.pass(8 * HOUR)
    expect(d.shown()).toHaveLength(1)
    const late = ids.find(id => !d.shown().includes(id))
    expect(await d.told(late ?? '')).toContain('push: not sent, ann had the 1 an hour that are enough')
  })
})

describe('a ladder', () => {
  const ladders = {
    'job.done': [
      { channel: 'push', after: 30 * MINUTE, unless: 'read' },
      { channel: 'push', after: 4 * HOUR, unless: 'read' },
    ],
  } as const

  it('tries again until the person has done what it waits for, across restarts', async () => {
    const d = await Delivery.open({ ladders })
    await d.device('ann')
    const id = await d.emit()
    await d.settle()
    expect(d.shown()).toEqual([id])
    await d.mark(id, 'seen')
    await d.crash()
    await d.pass(30 * MINUTE)
    expect(d.shown()).toEqual([id, id])
    await d.crash()
    await d.mark(id, 'read')
    await d.pass(4 * HOUR)
    expect(d.shown()).toEqual([id, id])
    expect((await d.steps(id)).at(-1)).toBe('push dropped read')
  })

  it('keeps to quiet hours', async () => {
    const d = await Delivery.open({ ladders })
    await d.device('ann')
    await d.prefer('ann', { quiet_hours: { from: '09:10', to: '11:00', tz: 'UTC' } })
    const id = await d.emit()
    await d.settle()
    await d.pass(HOUR)
    expect(d.shown()).toEqual([id])
    await d.pass(HOUR)
    expect(d.shown()).toEqual([id, id])
  })

  it('is one push of what was held until the same instant', async () => {
    const d = await Delivery.open({ ladders })
    await d.device('ann')
    await d.prefer('ann', { quiet_hours: { from: '09:00', to: '15:00', tz: 'UTC' } })
    const id = await d.emit()
    await d.pass(30 * MINUTE)
    await d.pass(4 * HOUR)
    await d.pass(2 * HOUR)
    expect(d.shown()).toEqual([id])
    expect((await d.steps(id)).filter(step => step === 'push dropped repeated')).toHaveLength(2)
    expect(await d.told(id)).toContain('push: not sent, it had just gone there by another step.')
  })

  it('does not push at once what had waited for the tries of the step before', async () => {
    const d = await Delivery.open({ ladders })
    await d.device('ann', { status: 503, headers: { 'retry-after': '2400' } })
    const [late, read] = [await d.emit({ collapse_key: 'build' }), await d.emit({ collapse_key: 'build' })]
    await d.settle()
    await d.pass(30 * MINUTE)
    await d.mark(read, 'read')
    await d.pass(10 * MINUTE)
    expect(d.shown()).toEqual([late])
    expect((await d.steps(late)).at(-1)).toBe('push dropped repeated')
    expect((await d.steps(read)).slice(-2)).toEqual(['push dropped read', 'push dropped read'])
  })

  it('does not begin for what expires before', async () => {
    const d = await Delivery.open({ ladders })
    await d.device('ann')
    const id = await d.emit({ expires_at: '2026-01-05T10:00:00Z' })
    const { rows } = await d.backend.store.listJobs({ kind: 'event.send', limit: 10 })
    expect(rows.map(job => job.payload['event_id'])).toEqual([id, id])
  })
})

describe('an event for later', () => {
  it('is pushed at its instant, by what is known then', async () => {
    const d = await Delivery.open()
    await d.device('ann')
    const [plain, muted, withdrawn] = [
      await d.emit({ deliver_at: '2026-01-05T12:00:00Z' }),
      await d.emit({ deliver_at: '2026-01-05T12:00:00Z', service: 'ci' }),
      await d.emit({ deliver_at: '2026-01-05T12:00:00Z' }),
    ]
    await d.prefer('ann', { mute: [{ service: 'ci' }] })
    await d.mark(withdrawn, 'retracted')
    await d.pass(3 * HOUR - 1)
    expect(d.shown()).toEqual([])
    await d.pass(1)
    expect(d.shown()).toEqual([plain])
    expect(await d.steps(muted)).toEqual(['push dropped muted'])
    expect(await d.steps(withdrawn)).toEqual(['push dropped retracted'])
  })
})

describe('a snooze', () => {
  it('brings the event back at its end, whatever channels it had, unless it was read by then', async () => {
    const d = await Delivery.open()
    await d.device('ann')
    const [back, read] = [await d.emit({ type: 'task.created' }), await d.emit({ type: 'task.created' })]
    for (const id of [back, read]) await d.snooze(id, HOUR)
    await d.mark(read, 'read')
    await d.crash()
    await d.pass(HOUR)
    expect(d.shown()).toEqual([back])
  })

  it('counts by its newest end, and puts off what was under way', async () => {
    const d = await Delivery.open()
    await d.device('ann', 503)
    const id = await d.emit()
    await d.settle()
    await d.snooze(id, HOUR)
    await d.snooze(id, 3 * HOUR)
    await d.pass(HOUR)
    expect(d.shown()).toEqual([])
    await d.pass(2 * HOUR)
    expect(d.shown()).toEqual([id])
  })

  it('does not bring it back a second time when it was made shorter', async () => {
    const d = await Delivery.open()
    await d.device('ann')
    const id = await d.emit({ type: 'task.created' })
    await d.snooze(id, 3 * HOUR)
    await d.snooze(id, HOUR)
    await d.pass(HOUR)
    expect(d.shown()).toEqual([id])
    await d.pass(2 * HOUR)
    expect(d.shown()).toEqual([id])
  })
})

describe('a question', () => {
  it('is not pushed again once it was answered anywhere', async () => {
    const d = await Delivery.open()
    await d.device('ann', 503)
    const id = await d.emit({ type: 'action.required', data: { options: ['yes', 'no'] } })
    await d.settle()
    await d.questions.answerAs('ann', id, { option: 'yes', input: null }, 'ses_1')
    await d.pass(10 * SECOND)
    expect(d.shown()).toEqual([])
    expect((await d.steps(id)).at(-1)).toBe('push dropped answered')
  })
})
