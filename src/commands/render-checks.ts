import type { CheckResult } from '../core/check.ts'
import type { Painter } from '../core/painter.ts'
import { terminalLine } from '../core/terminal-text.ts'

/** One line a check, and under what is not right its next step, once for neighbours that share it; '' for none. */
export function renderChecks(checks: readonly CheckResult[], paint: Painter): string {
  const marks = {
    ok: paint.green('ok  '),
    warn: paint.yellow('warn'),
    fail: paint.red('fail'),
    skip: paint.dim('skip'),
  }
  return checks
    .map((check, i) => {
      const step = nextStep(check)
      const hint = step === null || step === nextStep(checks[i + 1]) ? '' : `\n      next: ${step}`
      const detail = check.detail === undefined ? '' : `: ${terminalLine(check.detail)}`
      return `${marks[check.status]}  ${terminalLine(check.title)}${detail}${hint}\n`
    })
    .join('')
}

function nextStep(check: CheckResult | undefined): string | null {
  return check?.hint === undefined || check.status === 'ok' ? null : terminalLine(check.hint)
}
