// docs/reference/cli.md: what `ec help --json` says, for people.
import { describeTable } from '../../dist/cli/describe-table.js'
import { COMMAND_TABLE } from '../../dist/cli.js'
import { code, fence, NOTE, page, sentence, table } from './markdown.js'

export function cliPage() {
  const all = describeTable(COMMAND_TABLE, '')
  return page(
    '# The command line',
    NOTE,
    `Data goes to stdout, talk to stderr. Global flags stand before or after the command. \`ec help COMMAND\` tells the same, and
\`ec help --json\` as data (\`schema: 1\`; fields may be added, never renamed).`,
    '## Global flags',
    table(['flag', 'meaning'], all.global_flags.map(flagRow)),
    `\`--json\` prints one JSON document, on one line in a pipe; where it is a stream (\`ec agent\`, \`ec events tail\`), NDJSON
whose objects carry a \`type\`. Nothing else is on stdout. A failure is then one line on stderr: a problem document (RFC 9457)
with \`code\`, \`hint\` and \`exit\`.`,
    `Colours follow \`--color\`/\`--no-color\`, then \`NO_COLOR\`, \`FORCE_COLOR\`, \`TERM=dumb\`, and whether the stream is a
terminal. An empty list is no failure: it prints nothing (a note on stderr) and exits 0. The first Ctrl-C asks to stop, the
second ends at once.`,
    `The agent is found by \`--url\` (with \`--token-file\` or \`EC_TOKEN\`), then \`--data-dir\`, then \`EC_URL\`, else in the
data folder of this user.`,
    'Settings and variables stand in [configuration.md](configuration.md).',
    '## Exit codes',
    table(
      ['code', 'meaning'],
      all.exit_codes.map(exit => [String(exit.code), exit.means]),
    ),
    '## Commands',
    ...all.commands.flatMap(commandSection),
  )
}

function commandSection({ usage, summary, description, examples, arguments: args, flags, exit_codes, see_also }) {
  const rows = [...args.map(({ term, help }) => [code(term), help]), ...flags.map(flagRow)]
  return [
    `### \`${usage}\``,
    `${sentence(summary)} ${description}`.trim(),
    fence(examples),
    ...(rows.length === 0 ? [] : [table(['argument or flag', 'meaning'], rows)]),
    ...(exit_codes.length === 0
      ? []
      : [
          table(
            ['exit code', 'meaning here'],
            exit_codes.map(exit => [String(exit.code), exit.means]),
          ),
        ]),
    ...(see_also.length === 0 ? [] : [`See also ${see_also.map(name => code(`ec ${name}`)).join(', ')}.`]),
  ]
}

function flagRow(flag) {
  const { term, help, choices, required, setting, default: fallback } = flag
  const notes = [
    choices !== null && !term.includes(choices.join('|')) ? `One of ${choices.map(code).join(', ')}.` : '',
    required ? 'Required.' : '',
    setting === null ? '' : `Without it the setting ${code(setting)} counts.`,
    setting === null && typeof fallback === 'string' ? `Without it ${code(fallback)} counts.` : '',
  ].filter(note => note !== '')
  return [code(term), notes.length === 0 ? help : `${help}. ${notes.join(' ')}`]
}
