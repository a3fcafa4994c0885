import type { Command } from './command.ts'
import { flagTerm, type Argument, type Flags } from './flags.ts'
import { GLOBAL_FLAGS } from './globals.ts'

/** The whole command line as data. */
export interface Table {
  /** By their words: `events list`. */
  readonly commands: Readonly<Record<string, Command>>
  /** What the first word of several commands stands for. */
  readonly groups: Readonly<Record<string, string>>
}

const MAX_WIDTH = 100
const INDENT = '  '

/**
 * The answer to a command line that only asks for help, so that it needs no parser; null for any other. A command that
 * is not known is answered by the parser, which has a suggestion.
 */
export function answerHelp(table: Table, argv: readonly string[], columns: number | null): string | null {
  const [first, ...rest] = argv
  if (argv.length === 0 || (argv.length === 1 && (first === '--help' || first === '-h')))
    return rootHelp(table, columns)
  return first === 'help' ? helpOn(rest.join(' '), table, columns) : null
}

/** Help on a command, on a group, or with '' on everything; null for a name that is neither. */
export function helpOn(name: string, table: Table, columns: number | null): string | null {
  const command = table.commands[name]
  if (command !== undefined) return commandHelp(name, command, columns)
  if (name === '') return rootHelp(table, columns)
  return table.groups[name] === undefined ? null : groupHelp(table, name, columns)
}

export function rootHelp(table: Table, columns: number | null): string {
  const rows = new Map<string, string>()
  for (const [name, command] of Object.entries(table.commands)) {
    const [first = ''] = name.split(' ')
    rows.set(first, table.groups[first] ?? command.summary)
  }
  return join([
    'ec - one event hub for a person or a team',
    section(
      'Examples',
      [
        'ec agent                          start the agent in this terminal',
        'ec emit --type job.done           make a test event',
        'ec events tail                    see events as they come',
        'ec resources add github --user me --name my-repository',
      ].map(line => INDENT + line),
    ),
    section('Commands', pairs([...rows], columns)),
    globalSection(columns),
    'See `ec help COMMAND` for one of them.',
  ])
}

export function groupHelp(table: Table, group: string, columns: number | null): string {
  const members = Object.entries(table.commands).filter(([name]) => name.startsWith(`${group} `))
  return join([
    `ec ${group} - ${table.groups[group] ?? ''}`,
    section(
      'Examples',
      members.flatMap(([, { examples }]) => examples.slice(0, 1)).map(line => INDENT + line),
    ),
    section(
      'Commands',
      pairs(
        members.map(([name, { summary }]) => [usage(name, table.commands[name]), summary]),
        columns,
      ),
    ),
    'See `ec help ' + group + ' COMMAND` for one of them.',
  ])
}

export function commandHelp(name: string, command: Command, columns: number | null): string {
  const args = Object.entries(command.args).map(([key, { help }]): [string, string] => [key, help])
  return join([
    `ec ${name} - ${command.summary}`,
    section(
      'Examples',
      command.examples.map(line => INDENT + line),
    ),
    section('Usage', [`${INDENT}ec ${usage(name, command)}${Object.keys(command.flags).length > 0 ? ' [flags]' : ''}`]),
    command.description === '' ? '' : wrap(command.description, widthOf(columns)).join('\n'),
    args.length === 0 ? '' : section('Arguments', pairs(args, columns)),
    Object.keys(command.flags).length === 0 ? '' : section('Flags', pairs(flagRows(command.flags), columns)),
    globalSection(columns),
  ])
}

/** `events show <id>`. */
export function usage(name: string, command: Command | undefined): string {
  const terms = Object.entries(command?.args ?? {}).map(([key, { shape }]) => ARGUMENT_TERMS[shape](key))
  return [name, ...terms].join(' ')
}

export function flagRows(flags: Flags): readonly [string, string][] {
  return Object.entries(flags).map(([key, flag]) => [
    (key === 'quiet' ? '-q, ' : '') + flagTerm(key, flag),
    [
      flag.help,
      flag.choices !== null && flag.kind === 'list' ? `(${flag.choices.join(', ')})` : '',
      flag.required ? '(required)' : '',
    ]
      .filter(part => part !== '')
      .join(' '),
  ])
}

export const ARGUMENT_TERMS = {
  one: key => `<${key}>`,
  optional: key => `[${key}]`,
  many: key => `<${key}...>`,
  any: key => `[${key}...]`,
} as const satisfies Record<Argument['shape'], (key: string) => string>

function globalSection(columns: number | null): string {
  return section('Global flags', pairs(flagRows(GLOBAL_FLAGS), columns))
}

function section(title: string, lines: readonly string[]): string {
  return `${title}:\n${lines.join('\n')}`
}

function pairs(rows: readonly (readonly [string, string])[], columns: number | null): readonly string[] {
  const left = Math.min(38, Math.max(...rows.map(([term]) => term.length)))
  return rows.flatMap(([term, help]) => {
    const lines = wrap(help, widthOf(columns) - left - 2 * INDENT.length)
    const first = term.length > left ? [INDENT + term] : []
    return [
      ...first,
      ...lines.map((line, i) => `${INDENT}${(i === 0 && first.length === 0 ? term : '').padEnd(left)}${INDENT}${line}`),
    ]
  })
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function widthOf(columns: number | null): number {
  return Math.max(40, Math.min(columns ?? MAX_WIDTH, MAX_WIDTH))
}

function join(parts: readonly string[]): string {
  return `${parts.filter(part => part !== '').join('\n\n')}\n`
}
