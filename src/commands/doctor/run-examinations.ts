import { judge, mergeChecks } from '../../core/check.ts'
import { toEcError } from '../../core/errors.ts'
import { joinSignals } from '../../core/join-signals.ts'
import type { Examination, Finding } from './finding.ts'

/**
 * Runs all side by side and resolves when the last has ended or run out of its time: one finding a code, in the order
 * of the examinations. Never rejects but for `stop`: what an examination throws is what it has found.
 */
export async function runExaminations(
  examinations: readonly Examination[],
  stop: AbortSignal,
): Promise<readonly Finding[]> {
  const found = await Promise.all(examinations.map(one => runOne(one, stop)))
  stop.throwIfAborted()
  return mergeChecks(found.flat())
}

async function runOne(examination: Examination, stop: AbortSignal): Promise<readonly Finding[]> {
  const { codes, deadlineMs } = examination
  const late = new AbortController()
  const { signal, release } = joinSignals([stop, late.signal])
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<'late'>(resolve => {
    timer = setTimeout(() => {
      resolve('late')
      late.abort()
    }, deadlineMs)
  })
  try {
    const found = await Promise.race([examination.examine(signal), deadline])
    return found === 'late'
      ? skipAll(codes, `it did not end within ${deadlineMs / 1000} s`, 'look at what hangs')
      : found
  } catch (thrown) {
    const { message, hint } = toEcError(thrown)
    const [first, ...others] = codes
    return [judge(first, 'fail', message, hint), ...skipAll(others, 'the check above comes first', hint)]
  } finally {
    clearTimeout(timer)
    release()
  }
}

/** The same for several checks that cannot be made, with the reason. */
export function skipAll(codes: readonly Examination['codes'][0][], reason: string, hint: string): readonly Finding[] {
  return codes.map(code => judge(code, 'skip', reason, hint))
}
