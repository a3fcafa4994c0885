// docs/reference/errors.md: every error code, with what it comes to over HTTP and on the command line.
import { ERROR_CODES } from '../../dist/core/error-codes.js'
import { EXIT_CODES } from '../../dist/core/exit-codes.js'
import { code, NOTE, page, table } from './markdown.js'

export function errorsPage() {
  return page(
    '# Errors',
    NOTE,
    `Every error has a code that is never renamed, what happened, and one next step. Over HTTP it is a problem document (RFC 9457,
\`application/problem+json\`) with \`type\`, \`title\`, \`status\`, \`detail\`, \`code\` and \`hint\`; on the command line three
lines on stderr and an exit code. What a command refuses before it sends anything exits with 2; the same said by the agent
with 4.`,
    table(
      ['code', 'HTTP', 'exit', 'meaning', 'next step'],
      Object.entries(ERROR_CODES).map(([name, { status, category, title, hint }]) => [
        code(name),
        String(status),
        exitOf(name, category),
        title,
        hint,
      ]),
    ),
    '## Exit codes',
    table(
      ['code', 'meaning'],
      Object.values(EXIT_CODES).map(exit => [String(exit.code), exit.means]),
    ),
  )
}

function exitOf(name, category) {
  // As `env` and shells have them: what a command that was started exits with is told apart.
  if (name === 'EC_COMMAND') return '125 to 127'
  // The agent has looked at it by then: what was a mistake on the command line is a refusal.
  if (category === 'usage') return `${EXIT_CODES.usage.code} or ${EXIT_CODES.refused.code}`
  return String(EXIT_CODES[category].code)
}
