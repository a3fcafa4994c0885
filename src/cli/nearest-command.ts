import { nearest } from '../core/nearest.ts'
import type { Table } from './help.ts'

/**
 * The command or group that was most likely meant, or null: one that is spelled much like it, else the only one whose
 * last word it is (`tail` for `events tail`).
 */
export function nearestCommand(name: string, table: Table, more: readonly string[] = []): string | null {
  const commands = Object.keys(table.commands)
  const guess = nearest(name, [...commands, ...Object.keys(table.groups), ...more])
  if (guess !== null) return guess
  const word = nearest(name, [...new Set(commands.flatMap(lastWord))])
  const fitting = commands.filter(command => word !== null && lastWord(command)[0] === word)
  return fitting.length === 1 ? (fitting[0] ?? null) : null
}

/** Of a command in a group. */
function lastWord(command: string): readonly string[] {
  return command.split(' ').slice(1)
}
