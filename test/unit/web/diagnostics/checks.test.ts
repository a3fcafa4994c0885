import { describe, expect, it } from 'vitest'
import { whyNot } from '../../../../web/diagnostics/browser/why-not.ts'
import { browserId } from '../../../../web/diagnostics/browser-id.ts'
import type { Check, Outcome } from '../../../../web/diagnostics/check.ts'
import { clockCheck } from '../../../../web/diagnostics/checks/clock.ts'
import { agentCheck } from '../../../../web/diagnostics/checks/agent.ts'
import { powerCheck } from '../../../../web/diagnostics/checks/power.ts'
import { pushSentCheck } from '../../../../web/diagnostics/checks/push-sent.ts'
import { quietCheck } from '../../../../web/diagnostics/checks/quiet.ts'
import { wsReplayCheck } from '../../../../web/diagnostics/checks/ws-replay.ts'
import { wsSignedCheck } from '../../../../web/diagnostics/checks/ws-signed.ts'
import { createLooks, type Looks } from '../../../../web/diagnostics/looks.ts'
import { readHealth, readReach } from '../../../../web/diagnostics/read-agent.ts'
import type { SocketTrial } from '../../../../web/diagnostics/try-socket.ts'
import { openDiagnosticWorld } from '../../../support/diagnostic-world.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const NOW = Date.parse('2026-01-05T09:00:00.000Z')
const MINUTE = 60_000

async function look(check: Check, seen: Partial<Looks>): Promise<Outcome> {
  if ('unasked' in check) return check.unasked
  const { signal } = new AbortController()
  return check.run({ ...createLooks(openDiagnosticWorld(new FakeClock(NOW)), signal), ...seen }, signal)
}

function health(text: string, skewMs = 0) {
  const date = new Date(NOW + skewMs).toUTCString()
  return { health: async () => readHealth({ status: 200, date, text, sentAt: NOW, tookMs: 1_000 }) }
}

const device = { id: 'dev_1', lastOkAt: NOW, lastError: null, lastErrorAt: null, unshown: 0 }
const REACH = {
  devices: [],
  email: { state: 'none', address: null, reason: null },
  quiet: null,
  mutes: [],
  off: [],
  governed: [],
  snoozed: { count: 0, until: null },
}

describe('what a check makes of what it sees', () => {
  it.each([
    [0, 'ok clock.right'],
    [59_000, 'ok clock.right'],
    [2 * MINUTE, 'warn clock.late'],
    [-2 * MINUTE, 'warn clock.early'],
    [6 * MINUTE, 'fail clock.late'],
    [-90 * MINUTE, 'fail clock.early'],
  ])('a clock that is %i ms behind the agent: %s', async (skewMs, wanted) => {
    const { status, state } = await look(clockCheck, health('{"status":"ok"}', skewMs))
    expect(`${status} ${state}`).toBe(wanted)
  })

  it.each([
    ['{"status":"ok"}', 'ok agent.answers'],
    ['{"status":"draining"}', 'warn agent.leaving'],
    ['{"status":"fail"}', 'warn agent.ill'],
    ['<html>Sign in to the hotel</html>', 'fail agent.silent'],
  ])('an answer as %s: %s', async (text, wanted) => {
    const { status, state } = await look(agentCheck, health(text))
    expect(`${status} ${state}`).toBe(wanted)
  })

  it.each([
    [device, 'ok push.sent'],
    [{ ...device, lastOkAt: null }, 'unknown push.unsent'],
    [{ ...device, unshown: 5 }, 'warn push.unshown'],
    [{ ...device, lastError: '410 Gone', lastErrorAt: NOW }, 'fail push.refused'],
    [{ ...device, id: 'dev_2' }, 'unknown push.unsent'],
  ])('a device %j: %s', async (one, wanted) => {
    const reach = async () => ({ ...readReach(REACH), devices: [one] })
    const { status, state } = await look(pushSentCheck, { reach, device: async () => 'dev_1' })
    expect(`${status} ${state}`).toBe(wanted)
  })

  it.each<[Partial<SocketTrial>, string, string]>([
    [{ recovered: true, replayed: 3 }, 'ok ws.greeted', 'ok ws.replayed'],
    [{ recovered: false }, 'ok ws.greeted', 'warn ws.lost'],
    [{ recovered: null }, 'ok ws.greeted', 'fail ws.once'],
    [{ greeted: false, closed: '4400 the token is not valid' }, 'fail ws.stranger', 'fail ws.once'],
    [{ opened: false, greeted: false }, 'skipped ws.refused', 'fail ws.once'],
  ])('a connection %j: %s, %s', async (over, signed, replay) => {
    const trial = { opened: true, greeted: true, closed: null, trips: [1], recovered: null, replayed: 0, ...over }
    const outcomes = await Promise.all(
      [wsSignedCheck, wsReplayCheck].map(check => look(check, { socket: async () => trial })),
    )
    expect(outcomes.map(({ status, state }) => `${status} ${state}`)).toEqual([signed, replay])
  })

  it('quiet hours without an end can be taken away, too', async () => {
    const endless = readReach({ ...REACH, quiet: { now: true, until: null } })
    expect(await look(quietCheck, { reach: async () => endless })).toMatchObject({
      status: 'warn',
      state: 'quiet.always',
      fixes: ['end-quiet'],
    })
  })

  it.each([
    [{ saver: false, battery: 0.1, charging: false }, 'warn power.low'],
    [{ saver: false, battery: 0.1, charging: true }, 'ok power.enough'],
    [{ saver: true, battery: null, charging: false }, 'warn power.saver'],
    [{ saver: false, battery: null, charging: false }, 'skipped power.untold'],
  ])('power as %j: %s', async (power, wanted) => {
    const ctx = openDiagnosticWorld(new FakeClock(NOW), { power: { read: async () => power } })
    const { status, state } = await look(powerCheck, { ctx })
    expect(`${status} ${state}`).toBe(wanted)
  })

  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'absent'],
    ['NotReadableError', 'busy'],
    ['TypeError', 'unsupported'],
  ])('a camera that throws %s is %s', (name, wanted) => {
    expect(whyNot(new DOMException('', name))).toBe(wanted)
  })

  it('what is no answer of the agent is refused whole', () => {
    expect(() => readReach({ ...REACH, devices: 'none' })).toThrow('what answered is not the agent')
    expect(() => readReach(null)).toThrow('what answered is not the agent')
  })
})

describe('how a browser calls itself', () => {
  it('is made up once and kept', () => {
    const kept = new Map<string, string>()
    const storage = () => ({
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    })
    expect(browserId(storage, () => '0123456789', 'A test')).toBe('br_0123456789')
    expect(browserId(storage, () => 'abcdefghij', 'A test')).toBe('br_0123456789')
  })

  it('is the same each time where nothing is kept, so that it takes nobody’s place', () => {
    const id = browserId(forbidden, () => '0123456789', 'A test')
    expect(id).toMatch(/^br_[A-Za-z0-9_-]{8,64}$/)
    expect(browserId(forbidden, () => 'abcdefghij', 'A test')).toBe(id)
    expect(browserId(forbidden, () => '0123456789', 'Another')).not.toBe(id)
  })
})

function forbidden(): never {
  throw new DOMException('', 'SecurityError')
}
