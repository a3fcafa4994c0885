import type { Argument, Completes, Flag } from '../flags.ts'
import { flagName } from '../flags.ts'
import type { GlobalInput } from '../globals.ts'
import type { Table } from '../help.ts'
import { findFlag, flagsOf, readLine, type Line } from '../read-line.ts'
import { TOPICS } from '../topics.ts'
import type { Suggestion } from './suggestion.ts'

/** What can stand where the cursor is. */
export interface Wanted {
  /** What the table itself knows. */
  readonly suggestions: readonly Suggestion[]
  /** What else can stand there; null = nothing. */
  readonly completes: Completes | null
  /** The part of the word that a value begins with: behind `--flag=`, and behind the last comma of a list. */
  readonly begun: string
  /** The items of a list before it, with their comma: they stay. */
  readonly kept: string
  /** The words behind the command's name. */
  readonly args: readonly string[]
  /** Which agent the line speaks of. */
  readonly globals: Pick<GlobalInput, 'dataDir' | 'config' | 'url'>
}

const NOTHING = { suggestions: [], completes: null, begun: '', kept: '' } as const

/** Finds what the last of `words` (the line without `ec`) can become. Pure. */
export function findWanted(table: Table, words: readonly string[]): Wanted {
  const line = readLine(table, words.slice(0, -1))
  const word = words.at(-1) ?? ''
  const { given } = line
  const globals = { dataDir: given.get('dataDir'), config: given.get('config'), url: given.get('url') }
  return { ...NOTHING, begun: word, ...wantedAt(table, line, word), args: line.args, globals }
}

function wantedAt(table: Table, line: Line, word: string): Partial<Wanted> {
  const { command, path, waiting } = line
  if (waiting !== null) return valuesOf(waiting, word)
  if (!line.ended && word.startsWith('-')) {
    const at = word.indexOf('=')
    if (at < 0) return { suggestions: flagNames(line) }
    const found = findFlag(word.slice(0, at), flagsOf(command))
    return found === null || found.flag.value === '' ? {} : valuesOf(found.flag, word.slice(at + 1))
  }
  if (path[0] === 'help') {
    const topics =
      path.length === 1 ? Object.entries(TOPICS).map(([value, description]) => ({ value, description })) : []
    return { suggestions: [...namesBelow(table, path.slice(1)), ...topics] }
  }
  if (command === null) {
    const help = path.length === 0 ? [{ value: 'help', description: 'what a command does' }] : []
    return { suggestions: [...namesBelow(table, path), ...help] }
  }
  const argument = argumentAt(Object.values(command.args), line.args.length)
  if (argument?.shape === 'behind' && !line.ended) return { suggestions: [BEHIND, ...flagNames(line)] }
  if (argument === null) {
    const below = line.args.length === 0 ? namesBelow(table, path) : []
    return { suggestions: word === '' && !line.ended ? [...below, ...flagNames(line)] : below }
  }
  return { suggestions: (argument.choices ?? []).map(plain), completes: argument.completes }
}

const BEHIND: Suggestion = { value: '--', description: 'then the command' }

/** The next word of every command whose name begins with these words. */
function namesBelow(table: Table, path: readonly string[]): readonly Suggestion[] {
  const found = new Map<string, Suggestion>()
  for (const [name, { summary }] of Object.entries(table.commands)) {
    const words = name.split(' ')
    const next = words[path.length]
    if (next === undefined || !path.every((word, i) => words[i] === word)) continue
    const isGroup = words.length > path.length + 1
    const description = isGroup ? (table.groups[next] ?? summary) : summary
    if (!found.has(next)) found.set(next, { value: next, description })
  }
  return [...found.values()]
}

function argumentAt(args: readonly Argument[], index: number): Argument | null {
  const last = args.at(-1)
  const repeats = last?.shape === 'many' || last?.shape === 'any' || last?.shape === 'behind'
  return args[index] ?? (repeats && last !== undefined ? last : null)
}

/** A flag that was given stands only once more where repetition means something. */
function flagNames({ command, given }: Line): readonly Suggestion[] {
  const open = Object.entries(flagsOf(command)).filter(
    ([key, { kind }]) => kind === 'many' || kind === 'list' || !given.has(key),
  )
  const names = open.flatMap(([key, flag]): readonly Suggestion[] => {
    const name = flagName(key)
    if (flag.kind === 'off') return [{ value: name.replace('--', '--no-'), description: flag.help }]
    const own = { value: name, description: flag.help }
    return key === 'color' ? [own, { value: '--no-color', description: 'no colours' }] : [own]
  })
  return [...names, { value: '--help', description: 'what the command does' }]
}

function valuesOf({ kind, choices, completes }: Flag, word: string): Partial<Wanted> {
  const at = kind === 'list' ? word.lastIndexOf(',') + 1 : 0
  const kept = word.slice(0, at)
  const taken = new Set(kept.split(','))
  const suggestions = (choices ?? []).filter(choice => !taken.has(choice)).map(plain)
  return { suggestions, completes, begun: word.slice(at), kept }
}

function plain(value: string): Suggestion {
  return { value, description: '' }
}
