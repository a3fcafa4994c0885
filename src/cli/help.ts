import type { Command } from './command.ts'
import { DEFAULT_CONFIG } from '../core/config.ts'
import { wrapText } from '../core/wrap-text.ts'
import { flagTerm, showsChoices, type Argument, type Flag, type Flags } from './flags.ts'
import { GLOBAL_FLAGS } from './globals.ts'
import { TOPICS } from './topics.ts'
import { INDENT, page, pairs, section, widthOf } from './layout.ts'

/** The whole command line as data. */
export interface Table {
  /** By their words: `events list`. */
  readonly commands: Readonly<Record<string, Command>>
  /** What the first word of several commands stands for. */
  readonly groups: Readonly<Record<string, string>>
}

export function rootHelp(table: Table, columns: number | null): string {
  const rows = new Map<string, string>()
  for (const [name, command] of Object.entries(table.commands)) {
    const [first = ''] = name.split(' ')
    rows.set(first, table.groups[first] ?? command.summary)
  }
  return page([
    wrapText('ec - one event hub for a person or a team', widthOf(columns)).join('\n'),
    section('Examples', pairs(ROOT_EXAMPLES, columns)),
    section('Commands', pairs([...rows], columns)),
    globalSection(columns),
    section(
      'More',
      pairs(
        [
          ['ec help COMMAND', 'one of them'],
          ...Object.entries(TOPICS).map(([topic, summary]): [string, string] => [`ec help ${topic}`, summary]),
          ['ec help --json', 'all of it as data'],
        ],
        columns,
      ),
    ),
  ])
}

const ROOT_EXAMPLES: readonly (readonly [string, string])[] = [
  ['ec agent', 'start the agent in this terminal'],
  ['ec emit --type job.done', 'make a test event'],
  ['ec events tail', 'see events as they come'],
  ['ec resources add github', 'watch a repository'],
]

export function groupHelp(table: Table, group: string, columns: number | null): string {
  const members = Object.entries(table.commands).filter(([name]) => name.startsWith(`${group} `))
  return page([
    headline(group, table.groups[group] ?? '', columns),
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
    wrapText(`See \`ec help ${group} COMMAND\` for one of them.`, widthOf(columns)).join('\n'),
  ])
}

export function commandHelp(name: string, command: Command, columns: number | null): string {
  const width = widthOf(columns)
  return page([
    headline(name, command.summary, columns),
    // Never wrapped: they are there to be copied.
    section(
      'Examples',
      command.examples.map(line => INDENT + line),
    ),
    section('Usage', hanging(`ec ${usageLine(name, command)}`, width)),
    command.description === '' ? '' : wrapText(command.description, width).join('\n'),
    section('Arguments', argumentRows(command).length === 0 ? [] : pairs(argumentRows(command), columns)),
    section('Flags', hasFlags(command) ? pairs(flagRows(command.flags), columns) : []),
    section('Exit codes', exitRows(command).length === 0 ? [] : pairs(exitRows(command), columns)),
    globalSection(columns),
    section('See also', hanging(command.seeAlso.map(other => `ec ${other}`).join(', '), width)),
  ])
}

/** With its flags where they can stand: before `--`, else anywhere. */
function usageLine(name: string, command: Command): string {
  const flags = hasFlags(command) ? ['[flags]'] : []
  const passes = Object.values(command.args).some(({ shape }) => shape === 'behind')
  return [name, ...(passes ? [...flags, ...termsOf(command)] : [...termsOf(command), ...flags])].join(' ')
}

/** `events show <id>`. */
export function usage(name: string, command: Command | undefined): string {
  return [name, ...termsOf(command)].join(' ')
}

function termsOf(command: Command | undefined): readonly string[] {
  return Object.entries(command?.args ?? {}).map(
    ([key, { shape }]) => (shape === 'behind' ? '-- ' : '') + ARGUMENT_TERMS[shape](key),
  )
}

function argumentRows({ args }: Command): readonly (readonly [string, string])[] {
  return Object.entries(args).map(([key, { shape, help, choices }]) => [
    ARGUMENT_TERMS[shape](key),
    choices === null ? help : `${help} (${choices.join(', ')})`,
  ])
}

/** What is special about the exit codes of a command. */
function exitRows({ exits }: Command): readonly (readonly [string, string])[] {
  return Object.entries(exits)
}

export function flagRows(flags: Flags): readonly (readonly [string, string])[] {
  return Object.entries(flags).map(([key, flag]) => {
    const notes = [
      flag.choices !== null && !showsChoices(key, flag) ? `(${flag.choices.join(', ')})` : '',
      flag.required ? '(required)' : '',
      defaultNote(flag),
    ]
    const help = [flag.help, ...notes].filter(part => part !== '').join(' ')
    return [(key === 'quiet' ? '-q, ' : '') + flagTerm(key, flag), help]
  })
}

/** What counts when a flag is not given: its own default, else the one of its setting; null = nothing. */
export function defaultOf(flag: Flag): string | null {
  if (flag.setting === null) return flag.default
  const value = flag.setting.split('.').reduce<unknown>(propertyOf, DEFAULT_CONFIG)
  return value === null || value === undefined ? null : String(value)
}

function defaultNote(flag: Flag): string {
  const value = defaultOf(flag)
  if (flag.setting === null) return value === null ? '' : `(default ${value})`
  return value === null ? `(setting ${flag.setting})` : `(setting ${flag.setting}, default ${value})`
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

export const ARGUMENT_TERMS = {
  one: key => `<${key}>`,
  optional: key => `[${key}]`,
  many: key => `<${key}...>`,
  any: key => `[${key}...]`,
  behind: key => `<${key}...>`,
} as const satisfies Record<Argument['shape'], (key: string) => string>

function hasFlags(command: Command): boolean {
  return Object.keys(command.flags).length > 0
}

function headline(name: string, summary: string, columns: number | null): string {
  return wrapText(`ec ${name} - ${summary}`, widthOf(columns)).join('\n')
}

function hanging(text: string, width: number): readonly string[] {
  if (text === '') return []
  return wrapText(text, width - 2 * INDENT.length).map((line, i) => INDENT.repeat(i === 0 ? 1 : 2) + line)
}

function globalSection(columns: number | null): string {
  return section('Global flags', pairs(flagRows(GLOBAL_FLAGS), columns))
}
