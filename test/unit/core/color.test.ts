import { describe, expect, it } from 'vitest'
import { wantsColor } from '#ec/core/color.js'

describe('colours', () => {
  it.each([
    ['a flag beats everything', { flag: true, env: { NO_COLOR: '1', TERM: 'dumb' }, isTTY: false }, true],
    ['a flag turns them off', { flag: false, env: { FORCE_COLOR: '1' }, isTTY: true }, false],
    ['NO_COLOR beats FORCE_COLOR', { flag: null, env: { NO_COLOR: '1', FORCE_COLOR: '1' }, isTTY: true }, false],
    ['an empty NO_COLOR says nothing', { flag: null, env: { NO_COLOR: '' }, isTTY: true }, true],
    ['FORCE_COLOR beats a pipe', { flag: null, env: { FORCE_COLOR: '1' }, isTTY: false }, true],
    ['FORCE_COLOR=0 turns them off', { flag: null, env: { FORCE_COLOR: '0' }, isTTY: true }, false],
    ['a dumb terminal has none', { flag: null, env: { TERM: 'dumb' }, isTTY: true }, false],
    ['a terminal has them', { flag: null, env: { TERM: 'xterm' }, isTTY: true }, true],
    ['a pipe has none', { flag: null, env: { TERM: 'xterm' }, isTTY: false }, false],
  ])('%s', (_name, question, expected) => expect(wantsColor(question)).toBe(expected))
})
