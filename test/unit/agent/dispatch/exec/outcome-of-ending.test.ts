import { describe, expect, it } from 'vitest'
import { outcomeOfEnding } from '#ec/agent/dispatch/exec/outcome-of-ending.js'

const ofCode = (code: number) => outcomeOfEnding({ type: 'exited', code }, 'page-me', '').type

describe('the end of a command', () => {
  it('is a delivery with exit code 0 alone', () => {
    const delivered = Array.from({ length: 256 }, (_, code) => code).filter(code => ofCode(code) === 'delivered')
    expect(delivered).toEqual([0])
  })

  it('refuses for good with what sysexits(3) calls an error that lasts, and with nothing else', () => {
    const refused = Array.from({ length: 256 }, (_, code) => code).filter(code => ofCode(code) === 'rejected')
    expect(refused).toEqual([64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 76, 77, 78])
  })

  it.each([[1], [75], [126], [127], [255]])('is tried again with exit code %d', code => {
    expect(ofCode(code)).toBe('retry')
  })

  it.each([
    [{ type: 'killed', signal: 'SIGSEGV' }, 'the command was ended by SIGSEGV: oh no'],
    [{ type: 'late' }, 'the command took too long and was ended: oh no'],
    [{ type: 'stopped' }, 'the agent was stopping'],
    [{ type: 'unstartable', code: 'ENOENT' }, 'page-me cannot be started: there is no such program'],
    [{ type: 'unstartable', code: 'EAGAIN' }, 'page-me cannot be started: EAGAIN'],
    [{ type: 'exited', code: 3 }, 'the command ended with exit code 3: oh no'],
  ] as const)('says what happened, and is tried again: %j', (ending, reason) => {
    expect(outcomeOfEnding(ending, 'page-me', 'oh no')).toEqual({ type: 'retry', afterMs: null, reason })
  })
})
