import { describe, expect, it } from 'vitest'
import type { ReachReply } from '#ec/client.js'
import { judgeReach } from '#ec/commands/doctor/judge-reach.js'

const NOW = Date.parse('2026-01-05T12:00:00Z')

const NOTHING: ReachReply = {
  user: 'ana',
  clients: 0,
  visible: 0,
  focused: 0,
  devices: [],
  email: { state: 'none', address: null, reason: null },
  quiet: null,
  mutes: [],
  off: [],
  governed: [],
  snoozed: { count: 0, until: null },
  last_event: null,
}

function device(over: Partial<ReachReply['devices'][number]> = {}): ReachReply['devices'][number] {
  return {
    id: 'dev_1',
    user: 'ana',
    name: 'phone',
    platform: null,
    locale: null,
    tz: null,
    key_id: 'k1',
    key: 'current',
    created_at: '2026-01-01T12:00:00Z',
    seen_at: '2026-01-05T11:00:00Z',
    last_ok_at: '2026-01-05T11:00:00Z',
    last_error_at: null,
    last_error: null,
    last_shown_at: null,
    unshown: 0,
    ...over,
  }
}

function find(code: string, reach: Partial<ReachReply>) {
  return judgeReach({ ...NOTHING, ...reach }, NOW).find(finding => finding.code === code)
}

describe('what the agent knows of a person', () => {
  it.each([
    ['an open page', { clients: 1 }, 'ok'],
    ['a browser', { devices: [device()] }, 'ok'],
    ['an address', { email: { state: 'fine', address: 'a…@example.org', reason: null } as const }, 'ok'],
    ['nothing', {}, 'fail'],
    ['a browser whose key is gone', { devices: [device({ key: 'gone' })] }, 'fail'],
    ['a browser whose push service refuses', { devices: [device({ last_error: '403' })] }, 'fail'],
    [
      'an address without a mail server',
      { email: { state: 'no_server', address: 'a…', reason: null } as const },
      'fail',
    ],
  ])('says whether anything gets there: %s', (_name, reach, status) => {
    expect(find('user.reach', reach)?.status).toBe(status)
  })

  it('fails what is so with every browser, and warns of what is so with some', () => {
    const gone = device({
      name: 'laptop',
      key: 'gone',
      last_error: '410',
      last_error_at: '2026-01-05T11:58:00Z',
      unshown: 7,
    })
    for (const code of ['user.keys', 'user.sends', 'user.shown']) {
      expect(find(code, { devices: [gone] })?.status).toBe('fail')
      expect(find(code, { devices: [gone, device()] })).toMatchObject({
        status: 'warn',
        detail: expect.stringMatching(/^laptop: /),
      })
      expect(find(code, { devices: [device()] })?.status).toBe('ok')
    }
    expect(find('user.sends', { devices: [gone] })?.detail).toBe('laptop: 410, 2 min ago')
  })

  it('says how somebody without an address gets one', () => {
    expect(find('user.email', {})).toMatchObject({
      status: 'warn',
      detail: 'no address',
      hint: 'set one: `ec users set ana --email ADDRESS`',
    })
  })

  it('says of mail that came back what the server said, and how it is tried again', () => {
    const email = { state: 'suppressed', address: 'a…@example.org', reason: '550 no such user' } as const
    expect(find('user.email', { email })).toMatchObject({
      status: 'fail',
      detail: 'a…@example.org takes no mail any more: 550 no such user',
      hint: 'see `ec email suppressed`, and try it again with `ec email lift ADDRESS`',
    })
  })

  it('names what the person wished, and the command that takes it back', () => {
    expect(find('user.governor', { governed: ['job.done'] })?.hint).toBe(
      'bring one back: `ec prefs keep --user ana --type job.done`',
    )
    expect(find('user.mutes', { mutes: [{ thread: 't1' }, { service: 'ci' }] })).toMatchObject({
      status: 'warn',
      detail: 'thread t1, service ci',
    })
    expect(find('user.snoozed', { snoozed: { count: 2, until: '2026-01-06T08:00:00Z' } })?.detail).toMatch(
      /^2 put off, the next comes 2026-01-06/,
    )
    expect(find('user.quiet', { quiet: { now: false, until: null } })?.status).toBe('ok')
  })

  it('tells how far the last event came on each channel', () => {
    const channels = [
      { channel: 'ws', step: 'received', reason: null, until: null, at: '2026-01-05T11:59:00Z' },
      { channel: 'push', step: 'hold', reason: 'quiet_hours', until: '2026-01-06T06:00:00Z', at: null },
    ]
    const last_event = { id: 'evt_1', type: 'job.done', created_at: '2026-01-05T11:59:00Z', channels }
    expect(find('user.last', { last_event })?.detail).toBe(
      'job.done 1 min ago: ws received 1 min ago, push hold (quiet_hours); `ec events explain evt_1`',
    )
  })
})
