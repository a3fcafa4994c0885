import type { CommandContext } from '../../commands/context.ts'
import type { GlobalInput } from '../globals.ts'
import type { Table } from '../help.ts'
import { parseDuration } from '../../core/duration.ts'
import { joinSignals } from '../../core/join-signals.ts'
import { findWanted, type Wanted } from './find-wanted.ts'
import { FILES_ANSWER, FOLDERS_ANSWER, renderSuggestions, type Suggestion } from './suggestion.ts'

/** A person who pressed TAB waits for it: what the agent has not said by then is left out. `EC_COMPLETE_WAIT` names another. */
const WAIT_MS = 150

export interface CompletionIo {
  readonly createContext: (globals: GlobalInput) => Promise<CommandContext>
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * The answer to `ec complete -- WORDS`, which the scripts of `ec completion SHELL` ask: what the last word can become.
 * Whatever goes wrong, the answer is that nothing fits: an error would stand in a person's prompt.
 */
export async function answerCompletion(table: Table, words: readonly string[], io: CompletionIo): Promise<string> {
  const wanted = findWanted(table, words.length === 0 ? [''] : words)
  const { completes, begun } = wanted
  if (completes === 'folder') return FOLDERS_ANSWER
  if (completes === 'file' || (completes === 'notification or file' && !begins('ntf_', begun))) return FILES_ANSWER
  const [{ terminalLine }, found] = await Promise.all([import('../../core/terminal-text.ts'), lookUp(wanted, io)])
  const fitting = [...wanted.suggestions, ...found].filter(({ value }) => value.startsWith(begun))
  const whole = fitting.map(({ value, description }) => ({ value: wanted.kept + value, description }))
  return renderSuggestions(whole, terminalLine, completes === 'provider setting' || completes === 'resource setting')
}

async function lookUp({ completes, args, globals }: Wanted, io: CompletionIo): Promise<readonly Suggestion[]> {
  if (completes === null) return []
  try {
    const { suggest } = await import('../../commands/completion/suggest.ts')
    const context = await io.createContext({ ...NO_GLOBALS, ...globals })
    const { signal, release } = joinSignals([], parseDuration(io.env['EC_COMPLETE_WAIT'] ?? '') ?? WAIT_MS)
    return await suggest(context, completes, args, signal).finally(release)
  } catch {
    return []
  }
}

const NO_GLOBALS: GlobalInput = {
  json: undefined,
  quiet: undefined,
  color: undefined,
  config: undefined,
  dataDir: undefined,
  url: undefined,
  tokenFile: undefined,
}

/** Whether the word can still become something that begins with this prefix. */
function begins(prefix: string, word: string): boolean {
  return word !== '' && (prefix.startsWith(word) || word.startsWith(prefix))
}
