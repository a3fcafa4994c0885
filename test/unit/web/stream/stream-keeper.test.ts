import { describe, expect, it } from 'vitest'
import { CenterError } from '../../../../web/center/center-error.js'
import { StreamKeeper, type StreamStatus } from '../../../../web/center/stream/stream-keeper.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { recordAttempts } from '../../../support/link-world.js'

const MINUTE = 60_000

function setUp(random = 1) {
  const clock = new FakeClock()
  const { open, attempts } = recordAttempts(() => clock.monotonic())
  const statuses: StreamStatus[] = []
  let cursor: string | null = null
  let renewals = 0
  const keeper = new StreamKeeper({
    open,
    cursor: () => cursor,
    hear: () => {},
    changed: status => statuses.push(status),
    renew: () => (renewals += 1),
    clock,
    random: () => random,
  })
  const last = () => attempts.at(-1)!
  return {
    keeper,
    clock,
    attempts,
    last,
    statuses,
    setCursor: (text: string) => (cursor = text),
    renewals: () => renewals,
    /** How long it waits after the attempt that is going on fails. */
    waitAfter(fail: () => void): number {
      const count = attempts.length
      const from = clock.monotonic()
      fail()
      while (attempts.length === count && clock.monotonic() - from < 20 * MINUTE) clock.advance(10)
      return attempts.length === count ? Infinity : last().at - from
    },
  }
}

const BROKEN = { code: 1006 }
const unreachable = { error: new CenterError('EC_AGENT_UNREACHABLE', 'away', 0, null) }

describe('coming back', () => {
  it('waits longer with each failure: doubled to 20 s, and after ten of them to five minutes', () => {
    const { keeper, last, waitAfter } = setUp()
    keeper.start()
    const waits = Array.from({ length: 16 }, () => waitAfter(() => last().end(unreachable)))
    expect(waits.slice(0, 7)).toEqual([300, 600, 1200, 2400, 4800, 9600, 19_200])
    expect(waits.slice(7, 11)).toEqual([20_000, 20_000, 20_000, 20_000])
    expect(waits.slice(11)).toEqual([40_000, 80_000, 160_000, 300_000, 300_000])
  })

  it('is spread over the whole of the wait', () => {
    for (const random of [0, 0.25, 0.5]) {
      const { keeper, last, waitAfter } = setUp(random)
      keeper.start()
      const waits = Array.from({ length: 4 }, () => waitAfter(() => last().end(unreachable)))
      expect(waits).toEqual([300, 600, 1200, 2400].map(most => most * random))
    }
  })

  it('counts from the beginning only after half a minute without a break', () => {
    const { keeper, clock, last, waitAfter } = setUp()
    keeper.start()
    for (let i = 0; i < 4; i++) waitAfter(() => last().end(unreachable))
    last().live()
    clock.advance(29_000)
    expect(waitAfter(() => last().end(BROKEN))).toBe(4800)
    last().live()
    clock.advance(30_000)
    expect(waitAfter(() => last().end(BROKEN))).toBe(300)
  })

  it('goes on behind what was taken', () => {
    const { keeper, last, setCursor, waitAfter } = setUp()
    keeper.start()
    expect(last().cursor).toBeNull()
    last().live()
    setCursor('e1.9')
    waitAfter(() => last().end(BROKEN))
    expect(last().cursor).toBe('e1.9')
  })

  it('waits as long as an agent that stops has asked for', () => {
    const { keeper, last, waitAfter } = setUp()
    keeper.start()
    last().live()
    last().hear({ t: 'reconnect', afterMs: 4_200 })
    expect(waitAfter(() => last().end({ code: 4001 }))).toBe(4_200)
  })

  it('waits as long as the agent asks for when it refuses a ticket', () => {
    const { keeper, last, waitAfter } = setUp()
    keeper.start()
    const busy = new CenterError('EC_RATE_LIMITED', 'too many', 429, null, { retryAfterMs: 7_000 })
    expect(waitAfter(() => last().end({ error: busy }))).toBe(7_000)
  })

  it('happens at once when the network is back or somebody looks, once a second at most', () => {
    const { keeper, clock, attempts, last } = setUp()
    keeper.start()
    for (let i = 0; i < 8; i++) {
      last().end(unreachable)
      clock.advance(20_000)
    }
    last().end(unreachable)
    clock.advance(2_000)
    const before = attempts.length
    keeper.nudge()
    expect(attempts).toHaveLength(before + 1)
    last().end(unreachable)
    for (let i = 0; i < 50; i++) keeper.nudge()
    expect(attempts).toHaveLength(before + 1)
    clock.advance(1_000)
    expect(attempts).toHaveLength(before + 2)
  })

  it('is left alone by a nudge while an attempt goes on', () => {
    const { keeper, attempts } = setUp()
    keeper.start()
    keeper.nudge()
    expect(attempts).toHaveLength(1)
  })
})

describe('what the agent says at the end', () => {
  it.each([4005, 4400, 4402])('comes back after %i with another token, twice at most', code => {
    const { keeper, last, waitAfter, renewals, statuses } = setUp()
    keeper.start()
    expect(waitAfter(() => last().end({ code }))).toBeLessThan(1_000)
    expect(renewals()).toBe(1)
    waitAfter(() => last().end({ code }))
    expect(waitAfter(() => last().end({ code }))).toBe(Infinity)
    expect(renewals()).toBe(2)
    expect(statuses.at(-1)).toEqual({ connection: 'signed-out', transport: null })
  })

  it.each([
    ['an erased user', { code: 4403 }],
    ['a cookie that is no longer good', { error: new CenterError('EC_UNAUTHENTICATED', 'no', 401, null) }],
  ])('does not come back by itself after %s, only when somebody looks', (_what, end) => {
    const { keeper, clock, attempts, last, waitAfter, statuses } = setUp()
    keeper.start()
    expect(waitAfter(() => last().end(end))).toBe(Infinity)
    expect(statuses.at(-1)).toEqual({ connection: 'signed-out', transport: null })
    clock.advance(2_000)
    keeper.nudge()
    expect(attempts).toHaveLength(2)
  })

  it.each([
    ['frames that are not understood', { code: 4401 }],
    ['too many sockets', { code: 4404 }],
    ['an origin that is not allowed', { error: new CenterError('EC_ORIGIN_NOT_ALLOWED', 'no', 403, null) }],
  ])('rests for minutes after %s', (_what, end) => {
    const { keeper, last, waitAfter } = setUp()
    keeper.start()
    expect(waitAfter(() => last().end(end))).toBe(5 * MINUTE)
  })

  it.each([4001, 4008, 4010, 4012, 4013, 1000, 1006, 1011])('comes back soon after %i', code => {
    const { keeper, last, waitAfter } = setUp()
    keeper.start()
    last().live()
    expect(waitAfter(() => last().end({ code }))).toBe(300)
  })
})

describe('silence', () => {
  it('is an end when it is longer than a ping and ten seconds, and any frame breaks it', () => {
    const { keeper, clock, attempts, last, statuses } = setUp()
    keeper.start()
    last().live()
    clock.advance(34_000)
    last().hear({ t: 'ping' })
    clock.advance(34_000)
    expect(attempts).toHaveLength(1)
    const first = last()
    clock.advance(1_300)
    expect(first.isClosed).toBe(true)
    expect(statuses.at(-1)?.connection).toBe('offline')
    expect(attempts).toHaveLength(2)
  })

  it('is found at once by a nudge, when a machine wakes', () => {
    const { keeper, clock, attempts, last, statuses } = setUp()
    keeper.start()
    last().live()
    clock.advance(34_000)
    keeper.nudge()
    expect(statuses.at(-1)?.connection).toBe('live')
    // Time passes, but timers do not run while it sleeps.
    clock.sleep(3_600_000)
    keeper.nudge()
    expect(statuses.at(-1)?.connection).toBe('offline')
    expect(attempts[0]?.isClosed).toBe(true)
  })

  it('ends an attempt that says nothing within 15 s', () => {
    const { keeper, clock, attempts } = setUp()
    keeper.start()
    clock.advance(15_000)
    expect(attempts[0]?.isClosed).toBe(true)
    clock.advance(300)
    expect(attempts).toHaveLength(2)
  })

  it('is not broken by a connection that was given up', () => {
    const { keeper, clock, attempts, statuses } = setUp()
    keeper.start()
    clock.advance(15_300)
    attempts[0]?.live()
    expect(statuses).not.toContainEqual({ connection: 'live', transport: 'ws' })
  })
})

describe('a network that lets no WebSocket through', () => {
  it('is answered with server-sent events after three that did not open, while HTTP works', () => {
    const { keeper, attempts, last, waitAfter, statuses } = setUp()
    keeper.start()
    for (let i = 0; i < 3; i++) waitAfter(() => last().end(BROKEN))
    expect(attempts.map(({ transport }) => transport)).toEqual(['ws', 'ws', 'ws', 'sse'])
    last().live()
    expect(statuses.at(-1)).toEqual({ connection: 'live', transport: 'sse' })
  })

  it('is not an agent that is away', () => {
    const { keeper, attempts, last, waitAfter } = setUp()
    keeper.start()
    waitAfter(() => last().end(BROKEN))
    waitAfter(() => last().end(BROKEN))
    for (let i = 0; i < 4; i++) waitAfter(() => last().end(unreachable))
    waitAfter(() => last().end(BROKEN))
    expect(new Set(attempts.map(({ transport }) => transport))).toEqual(new Set(['ws']))
  })

  it('is tried again after ten minutes, then after twenty, and left as soon as a WebSocket opens', () => {
    const { keeper, clock, attempts, last, waitAfter, statuses } = setUp()
    keeper.start()
    for (let i = 0; i < 3; i++) waitAfter(() => last().end(BROKEN))
    const keepAlive = (ms: number) => {
      for (let passed = 0; passed < ms; passed += 20_000) {
        clock.advance(20_000)
        last().hear({ t: 'ping' })
      }
    }
    last().live()
    keepAlive(10 * MINUTE - 20_000)
    expect(last().transport).toBe('sse')
    clock.advance(20_000)
    expect(last().transport).toBe('ws')
    expect(attempts.at(-2)?.isClosed).toBe(true)
    waitAfter(() => last().end(BROKEN))
    expect(last().transport).toBe('sse')
    last().live()
    keepAlive(20 * MINUTE - 20_000)
    expect(last().transport).toBe('sse')
    clock.advance(20_000)
    expect(last().transport).toBe('ws')
    last().live()
    expect(statuses.at(-1)).toEqual({ connection: 'live', transport: 'ws' })
    waitAfter(() => last().end({ code: 1001 }))
    expect(last().transport).toBe('ws')
  })
})

describe('being wanted', () => {
  it('ends with `stop`, begins again with `start`, and nothing is tried in between', () => {
    const { keeper, clock, attempts, last, statuses } = setUp()
    keeper.start()
    last().live()
    keeper.stop()
    expect(last().isClosed).toBe(true)
    expect(statuses.at(-1)?.connection).toBe('offline')
    clock.advance(10 * MINUTE)
    keeper.nudge()
    expect(attempts).toHaveLength(1)
    keeper.start()
    expect(attempts).toHaveLength(2)
  })

  it('sends only what the agent can hear', () => {
    const { keeper, last } = setUp()
    keeper.start()
    keeper.send({ t: 'vis' })
    last().live()
    keeper.send({ t: 'ack', seq: 7 })
    expect(last().sent).toEqual([{ t: 'ack', seq: 7 }])
  })
})
