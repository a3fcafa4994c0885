import { describe, expect, it } from 'vitest'
import type { Check, Outcome } from '../../../../web/diagnostics/check.ts'
import { Examination } from '../../../../web/diagnostics/examination.ts'
import type { Fix } from '../../../../web/diagnostics/fix.ts'
import { openDiagnosticWorld } from '../../../support/diagnostic-world.ts'
import { FakeClock } from '../../../support/fake-clock.ts'

const OK: Outcome = { status: 'ok', state: 'secure.yes' }
const FAIL: Outcome = { status: 'fail', state: 'secure.no' }

function check(code: Check['code'], run: () => Promise<Outcome>, needs: readonly Check['code'][] = []): Check {
  return { code, needs, deadlineMs: 5_000, run }
}

function open(checks: readonly Check[], fixes: readonly Fix[] = []) {
  const clock = new FakeClock()
  const examination = new Examination(openDiagnosticWorld(clock), checks, fixes)
  const states = () =>
    Object.fromEntries(examination.state.results.map(({ code, status, state }) => [code, `${status} ${state}`]))
  return { clock, examination, states }
}

describe('an examination', () => {
  it('looks at each thing once what it needs is right, in whatever order they stand', async () => {
    const order: string[] = []
    const note =
      (code: string, outcome = OK) =>
      async () => {
        order.push(code)
        return outcome
      }
    const { examination, states } = open([
      check('browser.push.known', note('known'), ['browser.session', 'browser.permission']),
      check('browser.session', note('session'), ['browser.agent']),
      check('browser.permission', note('permission', { status: 'warn', state: 'secure.yes' })),
      check('browser.agent', note('agent')),
    ])
    await examination.run()
    expect(order).toHaveLength(4)
    expect(order.indexOf('session')).toBeGreaterThan(order.indexOf('agent'))
    expect(order.at(-1)).toBe('known')
    expect(states()['browser.push.known']).toBe('ok secure.yes')
  })

  it('does not look at what needs something that is wrong, and says what it waits for', async () => {
    const { examination, states } = open([
      check('browser.agent', async () => FAIL),
      check('browser.session', async () => OK, ['browser.agent']),
      check('browser.sse', async () => OK, ['browser.session']),
    ])
    await examination.run()
    expect(states()).toEqual({
      'browser.agent': 'fail secure.no',
      'browser.session': 'skipped needs',
      'browser.sse': 'skipped needs',
    })
    expect(examination.state.results[2]).toMatchObject({ facts: { code: 'browser.session' } })
  })

  it('leaves alone what hangs, and what throws is what was found', async () => {
    const { clock, examination, states } = open([
      check('browser.clock', () => new Promise(() => {})),
      check('browser.storage', async () => {
        throw new Error('the disk is full')
      }),
    ])
    const end = examination.run()
    await new Promise(resolve => setImmediate(resolve))
    expect([...examination.state.running]).toEqual(['browser.clock'])
    expect(examination.state.results).toMatchObject([
      { code: 'browser.storage', state: 'broke', facts: { reason: 'the disk is full' } },
    ])
    clock.advance(5_000)
    await end
    expect(states()['browser.clock']).toBe('fail late')
    expect(examination.state.running.size).toBe(0)
  })

  it('looks again, after a fix, at what it touches and whatever needs that, and at nothing else', async () => {
    let isMended = false
    let looks = 0
    const fix: Fix = {
      name: 'repair',
      again: ['browser.worker.registered'],
      deadlineMs: 1_000,
      run: async () => void (isMended = true),
    }
    const { examination, states } = open(
      [
        check('browser.agent', async () => {
          looks += 1
          return OK
        }),
        check('browser.worker.registered', async () => (isMended ? OK : FAIL), ['browser.agent']),
        check('browser.push.subscribed', async () => OK, ['browser.worker.registered']),
        check('browser.push.key', async () => OK, ['browser.push.subscribed']),
      ],
      [fix],
    )
    await examination.run()
    expect(states()['browser.push.key']).toBe('skipped needs')
    await examination.fix('repair')
    expect(states()).toMatchObject({
      'browser.worker.registered': 'ok secure.yes',
      'browser.push.key': 'ok secure.yes',
    })
    expect(looks).toBe(1)
  })

  it('says why a fix did not work, and forgets that with the next one', async () => {
    let fails = true
    const fix: Fix = {
      name: 'renew',
      again: [],
      deadlineMs: 1_000,
      run: async () => {
        if (fails) throw new Error('the push service does not answer')
      },
    }
    const { examination } = open([], [fix])
    await examination.fix('renew')
    expect(examination.state.trouble).toEqual({ fix: 'renew', reason: 'the push service does not answer' })
    fails = false
    await examination.fix('renew')
    expect(examination.state.trouble).toBeNull()
  })

  it('gives up a fix that hangs, and does one at a time', async () => {
    let runs = 0
    const fix: Fix = { name: 'play', again: [], deadlineMs: 1_000, run: () => new Promise(() => void (runs += 1)) }
    const { clock, examination } = open([], [fix])
    const first = examination.fix('play')
    await examination.fix('play')
    expect(examination.state.fixing).toBe('play')
    clock.advance(1_000)
    await first
    expect(runs).toBe(1)
    expect(examination.state).toMatchObject({ fixing: null, trouble: { fix: 'play' } })
  })

  it('keeps what a click found out, until what it needs is wrong', async () => {
    let isSecure = true
    const manual: Check = {
      code: 'browser.camera',
      needs: ['browser.secure'],
      unasked: { status: 'unknown', state: 'camera.unasked' },
    }
    const fix: Fix = {
      name: 'camera',
      again: [],
      deadlineMs: 1_000,
      run: async (_ctx, tell) => tell('browser.camera', { status: 'ok', state: 'camera.works' }),
    }
    const { examination, states } = open([check('browser.secure', async () => (isSecure ? OK : FAIL)), manual], [fix])
    await examination.run()
    expect(states()['browser.camera']).toBe('unknown camera.unasked')
    await examination.fix('camera')
    await examination.run()
    expect(states()['browser.camera']).toBe('ok camera.works')
    isSecure = false
    await examination.run()
    expect(states()['browser.camera']).toBe('skipped needs')
    isSecure = true
    await examination.run()
    expect(states()['browser.camera']).toBe('unknown camera.unasked')
  })

  it('tells nobody anything once it is closed', async () => {
    const { examination } = open([check('browser.clock', () => new Promise(() => {}))])
    let told = 0
    examination.subscribe(() => (told += 1))
    const end = examination.run()
    await Promise.resolve()
    examination.close()
    const before = told
    await end
    expect(told).toBe(before)
  })
})
