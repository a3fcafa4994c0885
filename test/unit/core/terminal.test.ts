import { describe, expect, it } from 'vitest'
import { whyNoScreens } from '#ec/core/terminal.js'

const TERMINAL = { env: { TERM: 'xterm' }, stdinIsTTY: true, stdoutIsTTY: true }

describe('screens', () => {
  it('can be shown on a terminal', () => expect(whyNoScreens(TERMINAL)).toBeNull())

  it.each([
    ['a pipe', { ...TERMINAL, stdoutIsTTY: false }, 'stdout'],
    ['input from a file', { ...TERMINAL, stdinIsTTY: false }, 'stdin'],
    ['a dumb terminal', { ...TERMINAL, env: { TERM: 'dumb' } }, 'TERM=dumb'],
    ['a build', { ...TERMINAL, env: { CI: 'true' } }, 'CI'],
    ['another build', { ...TERMINAL, env: { CONTINUOUS_INTEGRATION: '1' } }, 'CONTINUOUS_INTEGRATION'],
  ])('cannot be shown on %s, and it says why', (_, question, why) => expect(whyNoScreens(question)).toContain(why))

  it.each(['0', 'false'])('can be shown where CI=%s', value => {
    expect(whyNoScreens({ ...TERMINAL, env: { CI: value } })).toBeNull()
  })
})
