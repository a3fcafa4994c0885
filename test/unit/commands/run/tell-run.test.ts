import { describe, expect, it } from 'vitest'
import { sayDuration } from '#ec/commands/run/say-duration.js'
import { tellEnd, tellProgress, type Run } from '#ec/commands/run/tell-run.js'
import { parseEvent } from '#ec/core/event-schema.js'

const RUN: Run = {
  id: 'run_1',
  user: 'ana',
  title: null,
  argv: ['deploy', '--password', 'hunter2'],
  typeDone: 'job.done',
  typeFailed: 'system.alert',
}
const ENDED = { code: 2, signal: null, ms: 65_000, tail: ['compiling', 'error: no such file'], why: null }

describe('what is told of a command', () => {
  it('while it runs', () => {
    expect(tellProgress(RUN, { line: '[3/10] core.ts', ms: 12_000 })).toMatchObject({
      type: 'job.progress',
      title: 'deploy --password hunter2: 30%, running for 12 s',
      body: '[3/10] core.ts',
      data: { job_id: 'run_1', progress: 30, done: 3, total: 10, elapsed_ms: 12_000 },
    })
  })

  it('when it failed', () => {
    const event = tellEnd(RUN, ENDED)
    expect(event).toMatchObject({
      id: 'run_1',
      type: 'system.alert',
      level: 'error',
      title: 'deploy --password hunter2: failed after 1 min 5 s',
      body: 'Exit code 2.\n\ncompiling\nerror: no such file',
      data: { exit_code: 2, signal: null, duration_ms: 65_000, tail: ENDED.tail },
    })
  })

  it.each([
    [{ ...ENDED, code: null, signal: 'SIGKILL', tail: [] } as const, 'Ended by SIGKILL.'],
    [{ ...ENDED, code: null, tail: [], why: 'there is no command deploy' }, 'there is no command deploy'],
    [{ ...ENDED, code: 0, tail: ['a', 'b', 'c', 'd'] }, 'b\nc\nd'],
    [{ ...ENDED, code: 0, tail: [] }, ''],
  ])('says in short: %o', (ended, body) => {
    expect(tellEnd(RUN, ended).body).toBe(body)
  })

  it('leaves the arguments out where a title stands for them', () => {
    const titled = { ...RUN, title: 'Nightly deploy' }
    for (const event of [tellEnd(titled, ENDED), tellProgress(titled, { line: '', ms: 1 })]) {
      expect(JSON.stringify(event)).not.toContain('hunter2')
      expect(event.data).toMatchObject({ command: 'deploy' })
      expect(event.title).toMatch(/^Nightly deploy: /)
    }
  })

  it('keeps the contract, whatever the command line and its output are', () => {
    const argv = ['\u001b[31m', '\ud800', 'x'.repeat(100_000)]
    const tail = Array.from({ length: 10 }, () => '🎉'.repeat(150))
    for (const event of [
      tellEnd({ ...RUN, argv }, { ...ENDED, tail }),
      tellProgress({ ...RUN, argv: ['\n'] }, { line: tail[0] ?? '', ms: 0 }),
    ]) {
      expect(parseEvent(event)).toMatchObject({ ok: true })
    }
  })
})

describe('a duration', () => {
  it.each([
    [0, '0.0 s'],
    [432, '0.4 s'],
    [9_999, '10 s'],
    [59_600, '1 min'],
    [65_000, '1 min 5 s'],
    [3_600_000, '1 h'],
    [7_859_000, '2 h 11 min'],
  ])('%d ms is %s', (ms, text) => {
    expect(sayDuration(ms)).toBe(text)
  })
})
