import { Command as Commander, CommanderError, InvalidArgumentError, Option } from 'commander'
import { EcError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import type { CommandContext } from '../commands/context.ts'
import type { Command } from './command.ts'
import { flagTerm, type Argument, type Flag, type Flags } from './flags.ts'
import { GLOBAL_FLAGS, type GlobalInput } from './globals.ts'
import { commandHelp, groupHelp, rootHelp, type Table } from './help.ts'

export interface ProgramIo {
  /** Writes to stdout: help and the version. */
  readonly print: (text: string) => void
  readonly version: () => string
  /** Columns of stdout; null when it is no terminal. */
  readonly columns: number | null
  readonly createContext: (globals: GlobalInput) => Promise<CommandContext>
}

/**
 * Runs the command that `argv` (without node and script) names. Rejects with what the command throws and with
 * `EC_USAGE` for a command line that is not understood; resolves after help and version too.
 */
export async function runProgram(table: Table, argv: readonly string[], io: ProgramIo): Promise<void> {
  const program = buildProgram(table, io)
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' })
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    if (thrown.code === 'commander.helpDisplayed' || thrown.code === 'commander.version') return
    throw usageError(thrown, table, argv)
  }
}

function buildProgram(table: Table, io: ProgramIo): Commander {
  const program = new Commander('ec')
    .exitOverride()
    .enablePositionalOptions()
    .helpCommand(false)
    .helpOption('-h, --help', 'show help')
    .version(io.version(), '-V, --version', 'show the version')
    // Errors are rendered in one place, by main; what commander would write of its own goes nowhere.
    .configureOutput({ writeOut: io.print, writeErr: () => {}, outputError: () => {} })
  setHelp(program, () => rootHelp(table, io.columns))
  addFlags(program, GLOBAL_FLAGS)

  const groups = new Map<string, Commander>()
  for (const [name, command] of Object.entries(table.commands)) {
    const [first = '', second] = name.split(' ')
    const parent = second === undefined ? program : (groups.get(first) ?? addGroup(first))
    addCommand(parent, second ?? first, name, command)
  }
  program
    .command('help')
    .argument('[command...]')
    .action((words: readonly string[]) => io.print(helpOn(words, table, io.columns)))
  return program

  function addGroup(name: string): Commander {
    const group = program.command(name)
    groups.set(name, group)
    setHelp(group, () => groupHelp(table, name, io.columns))
    return addFlags(group, GLOBAL_FLAGS)
  }

  function addCommand(parent: Commander, word: string, name: string, command: Command): void {
    const leaf = parent.command(word)
    setHelp(leaf, () => commandHelp(name, command, io.columns))
    const names = Object.entries(command.args).map(([key, argument]) => {
      leaf.argument(argumentTerm(key, argument))
      return key
    })
    addFlags(addFlags(leaf, command.flags), GLOBAL_FLAGS)
    leaf.action(async () => {
      names.forEach((key, i) => leaf.setOptionValue(key, leaf.processedArgs[i]))
      const context = await io.createContext(readGlobals(leaf))
      await command.run(context, () => leaf.opts())
    })
  }
}

/** `id` -> `<id>`, `[id]`, `<id...>`. */
function argumentTerm(key: string, { shape }: Argument): string {
  return shape === 'optional' ? `[${key}]` : shape === 'many' ? `<${key}...>` : `<${key}>`
}

function addFlags(command: Commander, flags: Flags): Commander {
  for (const [key, flag] of Object.entries(flags)) {
    const short = key === 'quiet' ? '-q, ' : ''
    command.addOption(toOption(`${short}${flagTerm(key, flag)}`, flag))
    if (key === 'color') command.addOption(new Option('--no-color'))
  }
  return command
}

function toOption(term: string, flag: Flag): Option {
  const option = new Option(term, flag.help).makeOptionMandatory(flag.required)
  const { read } = flag
  switch (flag.kind) {
    case 'switch':
    case 'off':
      return option
    case 'one':
      if (flag.choices !== null) return option.choices(flag.choices)
      return read === null ? option : option.argParser(text => orRefuse(read(text), flag.expects))
    case 'many':
      return option.argParser((text, before: readonly string[] = []) => [...before, text])
    case 'list':
      return option.argParser((text, before: readonly string[] = []) => [...before, ...splitList(text, flag.choices)])
    default:
      return flag.kind satisfies never
  }
}

function splitList(text: string, choices: readonly string[] | null): readonly string[] {
  const items = text.split(',').flatMap(item => (item.trim() === '' ? [] : [item.trim()]))
  const stranger = choices === null ? undefined : items.find(item => !choices.includes(item))
  if (stranger !== undefined) throw new InvalidArgumentError(`It takes ${(choices ?? []).join(', ')}.`)
  return items
}

function orRefuse<T>(value: T | null, expects: string): T {
  if (value === null) throw new InvalidArgumentError(`It takes ${expects}.`)
  return value
}

/** The global flags as given anywhere on the command line; what stands nearer to the end wins. */
function readGlobals(leaf: Commander): GlobalInput {
  const merged = new Commander()
  const chain: Commander[] = []
  for (let command: Commander | null = leaf; command !== null; command = command.parent) chain.unshift(command)
  for (const command of chain) {
    for (const key of Object.keys(GLOBAL_FLAGS)) {
      const value: unknown = command.getOptionValue(key)
      if (value !== undefined) merged.setOptionValue(key, value)
    }
  }
  return merged.opts<GlobalInput>()
}

function setHelp(command: Commander, render: () => string): void {
  command.configureHelp({ formatHelp: render })
}

function helpOn(words: readonly string[], table: Table, columns: number | null): string {
  const name = words.join(' ')
  const command = table.commands[name]
  if (name === '') return rootHelp(table, columns)
  if (command) return commandHelp(name, command, columns)
  if (table.groups[name] !== undefined) return groupHelp(table, name, columns)
  const guess = nearest(name, [...Object.keys(table.commands), ...Object.keys(table.groups)])
  throw new EcError('EC_USAGE', `there is no command \`${name}\``, {
    hint: guess === null ? 'see `ec help`' : `did you mean \`ec help ${guess}\`?`,
  })
}

/** Commander's sentence in our form: `error: unknown option '--titel'\n(Did you mean --title?)`. */
function usageError(error: CommanderError, table: Table, argv: readonly string[]): EcError {
  const group = argv.find(word => table.groups[word] !== undefined)
  if (error.code === 'commander.help' && group !== undefined) {
    const words = Object.keys(table.commands).flatMap(name =>
      name.startsWith(`${group} `) ? [name.split(' ')[1]] : [],
    )
    return new EcError('EC_USAGE', `\`ec ${group}\` takes one of ${words.join(', ')}`, {
      hint: `see \`ec help ${group}\``,
    })
  }
  const [sentence = '', guess = ''] = error.message.replace(/^error: /, '').split('\n')
  const [, meant] = /Did you mean (.*)\?/.exec(guess) ?? []
  const command = commandIn(argv, table)
  return new EcError('EC_USAGE', sentence, {
    hint: meant === undefined ? `see \`ec help${command === '' ? '' : ` ${command}`}\`` : `did you mean ${meant}?`,
  })
}

function commandIn(argv: readonly string[], table: Table): string {
  const words = argv.filter(word => !word.startsWith('-'))
  const two = words.slice(0, 2).join(' ')
  if (table.commands[two] !== undefined) return two
  const [one = ''] = words
  return table.commands[one] !== undefined || table.groups[one] !== undefined ? one : ''
}
