import { describe, expect, it } from 'vitest'
import { createHumanLog } from '#ec/core/human-log.js'
import { createPainter } from '#ec/core/painter.js'
import { createPinoLog } from '#ec/core/pino-log.js'
import { FakeClock } from '../../support/fake-clock.ts'

describe('a log for machines', () => {
  it('is one JSON object a line: level, time, message, fields', () => {
    const lines: string[] = []
    const log = createPinoLog('info', { write: line => void lines.push(line) })
    log.debug('not shown')
    log.warn('the disk is slow', { ms: 12, provider: 'github' })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^[^\n]+\n$/)
    expect(JSON.parse(lines[0]!)).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      msg: 'the disk is slow',
      ms: 12,
      provider: 'github',
    })
  })

  it('says nothing when it is silent', () => {
    const lines: string[] = []
    createPinoLog('silent', { write: line => void lines.push(line) }).error('x')
    expect(lines).toEqual([])
  })
})

describe('a log for people', () => {
  it('is one line with the time, safe for a terminal, and leaves out what is not given', async () => {
    const lines: string[] = []
    const log = createHumanLog('info', line => void lines.push(line), await createPainter(false), new FakeClock())
    log.debug('not shown')
    log.error('it failed', { reason: 'a\u001b[2J\nb', none: undefined, nil: null, ms: 0 })
    expect(lines).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d error it failed reason=a b ms=0\n$/)])
  })
})
