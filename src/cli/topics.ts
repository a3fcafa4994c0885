import { CONFIG_KEYS, environmentName, OTHER_VARIABLES } from '../core/config-keys.ts'
import { EXIT_CODES } from '../core/exit-codes.ts'
import { wrapText } from '../core/wrap-text.ts'
import { page, pairs, section, widthOf } from './layout.ts'

/** What help tells beside commands. */
export const TOPICS = {
  'exit-codes': 'what the exit code of a command says',
  environment: 'the variables that ec reads',
} as const
export type Topic = keyof typeof TOPICS

/** Variables of every command-line program that ec heeds too. */
export const COMMON_VARIABLES: Readonly<Record<string, string>> = {
  NO_COLOR: 'not empty: no colours (https://no-color.org)',
  FORCE_COLOR: 'colours in pipes too; 0 or false: none',
  TERM: 'dumb: no colours',
}

export function isTopic(name: string): name is Topic {
  return Object.hasOwn(TOPICS, name)
}

export function topicHelp(topic: Topic, columns: number | null): string {
  const width = widthOf(columns)
  switch (topic) {
    case 'exit-codes':
      return page([
        'ec help exit-codes',
        section('Exit codes', pairs(exitCodeRows(), columns)),
        wrapText('An empty list is no failure. With --json an error says its code as `exit`.', width).join('\n'),
      ])
    case 'environment':
      return page([
        'ec help environment',
        section('Variables', pairs([...Object.entries(OTHER_VARIABLES), ...Object.entries(COMMON_VARIABLES)], columns)),
        section('Settings as variables', pairs(settingRows(), columns)),
        wrapText(
          'Flags go before variables, variables before files. `ec config list` tells what counts and why.',
          width,
        ).join('\n'),
      ])
    default:
      return topic satisfies never
  }
}

function exitCodeRows(): readonly (readonly [string, string])[] {
  return Object.values(EXIT_CODES).map(({ code, means }) => [String(code), means])
}

function settingRows(): readonly (readonly [string, string])[] {
  return Object.entries(CONFIG_KEYS).map(([key, { title }]) => [environmentName(key), title])
}
