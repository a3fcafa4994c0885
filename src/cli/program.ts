import { Argument, Command as Commander, CommanderError, InvalidArgumentError, Option } from 'commander'
import { EcError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import type { CommandContext } from '../commands/context.ts'
import type { Command } from './command.ts'
import { flagName, flagTerm, type Flag, type Flags } from './flags.ts'
import { GLOBAL_FLAGS, type GlobalInput } from './globals.ts'
import { ARGUMENT_TERMS, type Table } from './help.ts'
import { readLine, type Line } from './read-line.ts'

export interface ProgramIo {
  readonly createContext: (globals: GlobalInput) => Promise<CommandContext>
}

/**
 * Runs the command that `argv` (without node and script) names; resolves with its exit code. Rejects with what the
 * command throws and with `EC_USAGE` for a command line that is not understood. Help and the version have been answered
 * before.
 */
export async function runProgram(table: Table, argv: readonly string[], io: ProgramIo): Promise<number> {
  checkPassed(readLine(table, argv), argv)
  let code = 0
  const program = buildProgram(table, argv, io, exit => (code = exit))
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    throw await usageError(thrown, table, wordsIn(argv))
  }
}

/**
 * Another program's command line stands behind `--`, or its flags and ours could not be told apart. Nothing of it may
 * stand before: `ec run make -- test` is a mistake that would run.
 */
function checkPassed({ path, command, args, argsAt, behind }: Line, argv: readonly string[]): void {
  const passes = Object.values(command?.args ?? {}).some(({ shape }) => shape === 'behind')
  if (!passes || args.length === (behind ?? []).length) return
  const name = path.join(' ')
  const words = argv.slice(argsAt).filter(word => word !== '--')
  const isPlain = words.every(word => /^[\w./:=@%+,-]+$/.test(word))
  throw new EcError('EC_USAGE', `the command of \`ec ${name}\` stands behind --`, {
    hint: `ec ${name} -- ${isPlain ? words.join(' ') : 'COMMAND'}`,
  })
}

/**
 * The parser for this one command line. It knows the name of every command, to suggest one, and the flags of the one
 * that is meant: to make those of all takes as long as to start Node.
 */
function buildProgram(
  table: Table,
  argv: readonly string[],
  io: ProgramIo,
  setExit: (code: number) => void,
): Commander {
  const [first = '', second = ''] = wordsIn(argv)
  const program = new Commander('ec')
    .exitOverride()
    .enablePositionalOptions()
    .helpCommand(false)
    .helpOption(false)
    // Errors are rendered in one place, by main; what commander would write of its own goes nowhere.
    .configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} })
  addFlags(program, GLOBAL_FLAGS)
  // Only what is wrong with its flags is left to be said here.
  addFlags(program.command('help').argument('[command...]'), GLOBAL_FLAGS)
  for (const name of Object.keys(table.groups)) addGroup(name)
  for (const [name, command] of Object.entries(table.commands)) {
    const isGroup = table.groups[name] !== undefined
    if (!name.includes(' ') && !isGroup) configure(program.command(name), command, name === first)
  }
  return program

  function addGroup(group: string): void {
    const parent = program.command(group)
    if (group !== first) return
    const own = table.commands[group]
    if (own === undefined || table.commands[`${group} ${second}`] !== undefined) addFlags(parent, GLOBAL_FLAGS)
    // Some groups are a command too, as `ec sandbox` is.
    else configure(parent, own, true)
    for (const [name, command] of Object.entries(table.commands)) {
      const [head, word = ''] = name.split(' ')
      if (head === group && word !== '') configure(parent.command(word), command, word === second)
    }
  }

  function configure(leaf: Commander, command: Command, meant: boolean): void {
    if (!meant) return
    const names = Object.keys(command.args)
    for (const [key, { shape, choices }] of Object.entries(command.args)) {
      const argument = new Argument(ARGUMENT_TERMS[shape](key))
      leaf.addArgument(choices === null ? argument : argument.argParser(text => oneOfChoices(text, choices)))
    }
    addFlags(addFlags(leaf, command.flags), GLOBAL_FLAGS)
    leaf.action(async () => {
      names.forEach((key, i) => leaf.setOptionValue(key, leaf.processedArgs[i]))
      const context = await io.createContext(readGlobals(leaf))
      setExit(await command.run(context, () => leaf.opts()))
    })
  }
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
      if (flag.choices !== null) return option.argParser(choiceReader(flag.choices))
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
  if (choices !== null) for (const item of items) oneOfChoices(item, choices)
  return items
}

function choiceReader(choices: readonly string[]): (text: string) => string {
  return text => oneOfChoices(text, choices)
}

/** The guess stands where commander puts its own: `usageError` makes the next step of it. */
function oneOfChoices(text: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text
  const guess = nearest(text, choices)
  const more = guess === null ? '' : `\n(Did you mean ${guess}?)`
  throw new InvalidArgumentError(`It takes ${choices.join(', ')}.${more}`)
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

/** Commander's sentence in our form: `error: unknown option '--titel'\n(Did you mean --title?)`. */
async function usageError(error: CommanderError, table: Table, words: readonly string[]): Promise<EcError> {
  const [first = ''] = words
  if (error.code === 'commander.help') {
    const members = Object.keys(table.commands).filter(name => name.startsWith(`${first} `))
    const names = members.map(name => name.slice(first.length + 1)).join(', ')
    return new EcError('EC_USAGE', `\`ec ${first}\` takes one of ${names}`, { hint: `see \`ec help ${first}\`` })
  }
  const [sentence = '', guess = ''] = error.message.replace(/^error: /, '').split('\n')
  const [, meant] = /Did you mean (.*)\?/.exec(guess) ?? []
  if (error.code === 'commander.unknownCommand' && meant === undefined) {
    const { nearestCommand } = await import('./nearest-command.ts')
    const other = nearestCommand(words.at(-1) ?? '', table)
    if (other !== null) return new EcError('EC_USAGE', sentence, { hint: `did you mean \`ec ${other}\`?` })
  }
  const two = words.slice(0, 2).join(' ')
  const known = [two, first].find(name => table.commands[name] !== undefined || table.groups[name] !== undefined)
  const help = known === undefined ? 'see `ec help`' : `see \`ec help ${known}\``
  return new EcError('EC_USAGE', sentence, { hint: meant === undefined ? help : `did you mean ${meant}?` })
}

/** The words of a command line that are no flag and no value of a global flag: the command comes first among them. */
function wordsIn(argv: readonly string[]): readonly string[] {
  const words: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (word === '--') break
    if (TAKES_VALUE.has(word)) i += 1
    else if (!word.startsWith('-')) words.push(word)
  }
  return words
}

const TAKES_VALUE = new Set(
  Object.entries(GLOBAL_FLAGS).flatMap(([key, flag]) => (flag.value === '' ? [] : [flagName(key)])),
)
