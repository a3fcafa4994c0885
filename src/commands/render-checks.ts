import type { CheckResult } from '../core/check.ts'
import { terminalLine } from '../core/terminal-text.ts'
import { wrapBehind } from '../core/wrap-text.ts'
import type { Output } from './context.ts'

const INDENT = 6

/** One line a check, and under what is not right its next step, once for neighbours that share it; '' for none. */
export function renderChecks(
  checks: readonly CheckResult[],
  { paint, width }: Pick<Output, 'paint' | 'width'>,
): string {
  const marks = {
    ok: paint.green('ok  '),
    warn: paint.yellow('warn'),
    fail: paint.red('fail'),
    skip: paint.dim('skip'),
  }
  return checks
    .map((check, i) => {
      const step = nextStep(check)
      const hint =
        step === null || step === nextStep(checks[i + 1])
          ? ''
          : `\n${' '.repeat(INDENT)}${wrapBehind(`next: ${step}`, INDENT, width)}`
      const detail = check.detail === undefined ? '' : `: ${terminalLine(check.detail)}`
      const told = wrapBehind(`${terminalLine(check.title)}${detail}`, INDENT, width)
      return `${marks[check.status]}  ${told}${hint}\n`
    })
    .join('')
}

function nextStep(check: CheckResult | undefined): string | null {
  return check?.hint === undefined || check.status === 'ok' ? null : terminalLine(check.hint)
}
