import { expect, it } from 'vitest'
import type { Examination } from '#ec/commands/doctor/finding.js'
import { runExaminations } from '#ec/commands/doctor/run-examinations.js'
import { judge } from '#ec/core/check.js'
import { EcError } from '#ec/core/errors.js'

const stop = new AbortController().signal

it('passes over what hangs, and tells the rest', async () => {
  let aborted = false
  const found = await runExaminations(
    [
      {
        codes: ['public.url', 'public.private'],
        deadlineMs: 20,
        examine: signal =>
          new Promise(() => {
            signal.addEventListener('abort', () => (aborted = true))
          }),
      },
      { codes: ['port.http'], deadlineMs: 10_000, examine: async () => [judge('port.http', 'ok')] },
    ],
    stop,
  )
  expect(found).toMatchObject([
    { code: 'public.url', status: 'skip', detail: 'it did not end within 0.02 s' },
    { code: 'public.private', status: 'skip' },
    { code: 'port.http', status: 'ok' },
  ])
  expect(aborted).toBe(true)
})

it('takes what an examination throws for what it has found', async () => {
  const error = new EcError('EC_FILE', 'trust.json is damaged', { hint: 'remove it' })
  const found = await runExaminations(
    [{ codes: ['config.valid', 'config.trust'], deadlineMs: 10_000, examine: () => Promise.reject(error) }],
    stop,
  )
  expect(found).toMatchObject([
    { code: 'config.valid', status: 'fail', detail: 'trust.json is damaged', hint: 'remove it' },
    { code: 'config.trust', status: 'skip' },
  ])
})

it('keeps the worse of two words on the same thing', async () => {
  expect(await runExaminations([says('ok'), says('warn'), says('skip')], stop)).toMatchObject([{ status: 'warn' }])
  expect(await runExaminations([says('skip'), says('ok')], stop)).toMatchObject([{ status: 'ok' }])
})

it('ends when it is told to', async () => {
  const controller = new AbortController()
  const running = runExaminations(
    [
      {
        codes: ['public.url'],
        deadlineMs: 60_000,
        examine: signal =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
      },
    ],
    controller.signal,
  )
  controller.abort()
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
})

function says(status: 'ok' | 'warn' | 'skip'): Examination {
  return {
    codes: ['store.disk.space'],
    deadlineMs: 10_000,
    examine: async () => [judge('store.disk.space', status)],
  }
}
