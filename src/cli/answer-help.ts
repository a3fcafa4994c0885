import { EcError } from '../core/errors.ts'
import { commandHelp, groupHelp, rootHelp, type Table } from './help.ts'
import { readLine } from './read-line.ts'
import { isTopic, topicHelp, TOPICS } from './topics.ts'

export interface HelpIo {
  /** Columns of stdout; null when it is no terminal. */
  readonly columns: number | null
  readonly readVersion: () => Promise<string>
}

/**
 * The answer to a command line that asks for help or for the version, wherever on it that stands: it needs no parser.
 * Null for any other line, and for one that the parser has to refuse; throws `EC_USAGE` for a name that is none.
 */
export async function answerHelp(table: Table, argv: readonly string[], io: HelpIo): Promise<string | null> {
  const line = readLine(table, argv)
  const { path, help, version, unknown, waiting } = line
  const asked = path[0] === 'help'
  const nothing = path.length === 0
  if (!help && (unknown.length > 0 || waiting !== null || !(asked || nothing))) return null
  const json = line.given.has('json')
  if (version && !help && !asked) return answerVersion(json, io)
  const name = (asked ? path.slice(1) : path).join(' ')
  return json ? documentOn(name, table, io) : textOn(name, table, io.columns)
}

async function answerVersion(json: boolean, { columns, readVersion }: HelpIo): Promise<string> {
  const version = await readVersion()
  return json ? print({ version, node: process.versions.node }, columns) : `${version}\n`
}

async function textOn(name: string, table: Table, columns: number | null): Promise<string> {
  const command = table.commands[name]
  if (command !== undefined) return commandHelp(name, command, columns)
  if (name === '') return rootHelp(table, columns)
  if (table.groups[name] !== undefined) return groupHelp(table, name, columns)
  if (isTopic(name)) return topicHelp(name, columns)
  throw await unknownName(name, table)
}

async function documentOn(name: string, table: Table, io: HelpIo): Promise<string> {
  const { describePart, describeTable } = await import('./describe-table.ts')
  const version = await io.readVersion()
  // What the topics tell stands in every document.
  if (name === '' || isTopic(name)) return print(describeTable(table, version), io.columns)
  const part = describePart(table, version, name)
  if (part.commands.length === 0) throw await unknownName(name, table)
  return print(part, io.columns)
}

async function unknownName(name: string, table: Table): Promise<EcError> {
  const { nearestCommand } = await import('./nearest-command.ts')
  const guess = nearestCommand(name, table, Object.keys(TOPICS))
  return new EcError('EC_USAGE', `there is no command \`${name}\``, {
    hint: guess === null ? 'see `ec help`' : `did you mean \`ec help ${guess}\`?`,
  })
}

function print(value: unknown, columns: number | null): string {
  return `${JSON.stringify(value, null, columns === null ? 0 : 2)}\n`
}
