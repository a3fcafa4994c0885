import type { Command } from './command.ts'
import { flagName, type Flag, type Flags } from './flags.ts'
import { GLOBAL_FLAGS } from './globals.ts'
import type { Table } from './help.ts'

/**
 * A command line, as far as it can be read; nothing in it is refused. It serves what must not need a parser that knows
 * everything: help, and completion of a line that is still being typed.
 */
export interface Line {
  /** The words of a command's name so far. */
  readonly path: readonly string[]
  readonly command: Command | null
  /** Words behind the command's name. */
  readonly args: readonly string[]
  /** Where the first of them stands among the words; -1 without one. */
  readonly argsAt: number
  /** Those of them that stand behind `--`; null without one. */
  readonly behind: readonly string[] | null
  /** By key; the last value of each, '' for a switch. */
  readonly given: ReadonlyMap<string, string>
  /** Whether `--help` or `-h` stands where a flag can. */
  readonly help: boolean
  /** Whether `--version` or `-V` does. */
  readonly version: boolean
  /** Flags that neither the command nor ec has. */
  readonly unknown: readonly string[]
  /** The flag whose value comes next. */
  readonly waiting: Flag | null
  /** Whether `--` has ended the flags. */
  readonly ended: boolean
}

export function readLine(table: Table, words: readonly string[]): Line {
  const path: string[] = []
  const args: string[] = []
  const given = new Map<string, string>()
  const unknown: string[] = []
  let command: Command | null = null
  let waiting: { readonly key: string; readonly flag: Flag } | null = null
  let [help, version, ended] = [false, false, false]
  let before = 0
  let argsAt = -1
  for (const [i, word] of words.entries()) {
    if (waiting !== null) {
      given.set(waiting.key, word)
      waiting = null
    } else if (!ended && word === '--') {
      ended = true
      before = args.length
    } else if (!ended && word.startsWith('-') && word !== '-') waiting = readFlag(word)
    else if (command !== null && !isNamed([...path, word], args)) {
      if (argsAt < 0) argsAt = i
      args.push(word)
    } else {
      path.push(word)
      command = table.commands[path.join(' ')] ?? null
    }
  }
  const behind = ended ? args.slice(before) : null
  const named = { path, command, args, argsAt, behind }
  return { ...named, given, help, version, unknown, waiting: waiting?.flag ?? null, ended }

  /** Some commands are a group too: then the next word may name another. */
  function isNamed(name: readonly string[], args: readonly string[]): boolean {
    return args.length === 0 && table.commands[name.join(' ')] !== undefined
  }

  function readFlag(word: string): typeof waiting {
    if (word === '--help' || word === '-h') help = true
    else if (word === '--version' || word === '-V') version = true
    else return readNamed(word)
    return null
  }

  function readNamed(word: string): typeof waiting {
    const [name = '', ...rest] = word.split('=')
    const found = findFlag(name, flagsOf(command))
    if (found === null) {
      unknown.push(name)
      return null
    }
    given.set(found.key, rest.join('='))
    return found.flag.value === '' || rest.length > 0 ? null : found
  }
}

/** The flags that can stand on a line: the command's own first. */
export function flagsOf(command: Command | null): Flags {
  return { ...command?.flags, ...GLOBAL_FLAGS }
}

/** By a name as it is typed: `--level`, `--no-color`, `-q`. */
export function findFlag(name: string, flags: Flags): { readonly key: string; readonly flag: Flag } | null {
  const plain = name === '-q' ? '--quiet' : name.replace(/^--no-/, '--')
  for (const [key, flag] of Object.entries(flags)) if (flagName(key) === plain) return { key, flag }
  return null
}
