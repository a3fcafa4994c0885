import { describeProblem, type ConfigProblem } from '../core/config-problem.ts'
import { ERROR_CODES } from '../core/error-codes.ts'
import type { EcError } from '../core/errors.ts'
import { exitCodeOf } from '../core/exit-codes.ts'
import type { Painter } from '../core/painter.ts'
import { terminalJson, terminalLine, terminalText } from '../core/terminal-text.ts'

/** `ec: what (CODE)`, what is wrong in particular, `next: hint`. */
export function renderError(error: EcError, paint: Painter): string {
  const code = codeOf(error)
  const lines = [
    `${paint.red('ec:')} ${terminalText(error.message)} ${paint.dim(`(${terminalLine(code)})`)}`,
    ...particulars(error).map(line => `  ${terminalLine(line)}`),
    ...stackOf(error).map(line => paint.dim(terminalText(line))),
    `${paint.bold('next:')} ${terminalText(error.hint)}`,
  ]
  return lines.map(line => `${line}\n`).join('')
}

/** The same for a program (`--json`): one line with a problem document (RFC 9457) on stderr; stdout stays empty. */
export function renderProblem(error: EcError): string {
  const code = codeOf(error)
  const problem = {
    ...error.details,
    type: `urn:eventcenter:error:${code}`,
    title: ERROR_CODES[error.code].title,
    status: error.status,
    detail: error.message,
    code,
    hint: error.hint,
    exit: exitCodeOf(error),
  }
  return `${terminalJson(JSON.stringify(problem))}\n`
}

/** A code that this version does not know is shown as it came. */
function codeOf(error: EcError): string {
  const { code } = error.details
  return error.code === 'EC_REMOTE' && typeof code === 'string' ? code : error.code
}

/** `details.errors`: fields of an event `{path, message}`, or settings `{source, path, message}`. */
function particulars(error: EcError): readonly string[] {
  const { errors } = error.details
  if (!Array.isArray(errors)) return []
  const items: readonly unknown[] = errors
  return items.flatMap(item => {
    if (typeof item !== 'object' || item === null || !('path' in item) || !('message' in item)) return []
    const problem: ConfigProblem = {
      source: 'source' in item ? String(item.source) : '',
      path: String(item.path),
      message: String(item.message),
    }
    // Many a refusal says all of it in its message already.
    if ([problem.path, problem.message].every(part => error.message.includes(part))) return []
    return [problem.source === '' ? describeProblem(problem) : `${problem.source}: ${describeProblem(problem)}`]
  })
}

/** A defect of this process is for its maker: where it happened is the one thing that helps. */
function stackOf({ code, cause }: EcError): readonly string[] {
  return code === 'EC_INTERNAL' && cause instanceof Error ? (cause.stack ?? '').split('\n') : []
}
