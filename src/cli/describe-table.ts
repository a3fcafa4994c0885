import { CONFIG_KEYS, environmentName, OTHER_VARIABLES } from '../core/config-keys.ts'
import { EXIT_CODES } from '../core/exit-codes.ts'
import type { Command } from './command.ts'
import { flagName, type Argument, type Flag } from './flags.ts'
import { GLOBAL_FLAGS } from './globals.ts'
import { ARGUMENT_TERMS, defaultOf, flagRows, usage, type Table } from './help.ts'
import { COMMON_VARIABLES, TOPICS } from './topics.ts'

/** Rises when a reader of `ec help --json` would have to change; more fields are no such change. */
const SCHEMA = 1

/** The whole command line as one document, in the order of the table: what `ec help --json` prints. */
export function describeTable(table: Table, version: string) {
  return {
    schema: SCHEMA,
    name: 'ec',
    version,
    summary: 'one event hub for a person or a team',
    commands: Object.entries(table.commands).map(([name, command]) => describeCommand(name, command)),
    groups: Object.entries(table.groups).map(([name, summary]) => ({ name, summary })),
    topics: Object.entries(TOPICS).map(([name, summary]) => ({ name, summary })),
    global_flags: flagsOf(GLOBAL_FLAGS),
    exit_codes: Object.values(EXIT_CODES).map(({ code, means }) => ({ code, means })),
    environment: variables(),
  }
}

/** Those commands alone whose names begin with these words, with what goes for all of them. */
export function describePart(table: Table, version: string, name: string) {
  const whole = describeTable(table, version)
  const isPart = (other: string) => other === name || other.startsWith(`${name} `)
  return {
    ...whole,
    commands: whole.commands.filter(command => isPart(command.name)),
    groups: whole.groups.filter(group => isPart(group.name)),
  }
}

function describeCommand(name: string, command: Command) {
  return {
    name,
    summary: command.summary,
    description: command.description,
    usage: `ec ${usage(name, command)}`,
    examples: command.examples,
    arguments: Object.entries(command.args).map(([key, argument]) => describeArgument(key, argument)),
    flags: flagsOf(command.flags),
    exit_codes: Object.entries(command.exits).map(([code, means]) => ({ code: Number(code), means })),
    see_also: command.seeAlso,
  }
}

function describeArgument(key: string, { shape, help, choices, completes }: Argument) {
  return {
    name: key,
    term: ARGUMENT_TERMS[shape](key),
    required: shape === 'one' || shape === 'many',
    repeats: shape === 'many' || shape === 'any',
    help,
    choices,
    names: completes,
  }
}

function flagsOf(flags: Readonly<Record<string, Flag>>) {
  const rows = flagRows(flags)
  return Object.entries(flags).map(([key, flag], i) => ({
    name: flag.kind === 'off' ? flagName(key).replace('--', '--no-') : flagName(key),
    ...(key === 'quiet' ? { short: '-q' } : {}),
    ...(key === 'color' ? { denied_by: '--no-color' } : {}),
    term: rows[i]?.[0],
    kind: KINDS[flag.kind],
    value: flag.value === '' ? null : flag.value,
    required: flag.required,
    repeats: flag.kind === 'many' || flag.kind === 'list',
    default: flag.kind === 'switch' || flag.kind === 'off' ? flag.kind === 'off' : defaultOf(flag),
    setting: flag.setting,
    help: flag.help,
    expects: flag.expects === '' ? null : flag.expects,
    choices: flag.choices,
    names: flag.completes,
  }))
}

/** `switch` takes no value; `value` takes one; `values` one each time; `list` several with commas between. */
const KINDS = { switch: 'switch', off: 'switch', one: 'value', many: 'values', list: 'list' } as const satisfies Record<
  Flag['kind'],
  string
>

function variables() {
  const plain = { ...OTHER_VARIABLES, ...COMMON_VARIABLES }
  return [
    ...Object.entries(plain).map(([name, means]) => ({ name, means, setting: null, secret: name === 'EC_TOKEN' })),
    ...Object.entries(CONFIG_KEYS).map(([key, { title, secret }]) => ({
      name: environmentName(key),
      means: title,
      setting: key,
      secret,
    })),
  ]
}
