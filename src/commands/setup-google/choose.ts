import type { DiscoveryRow } from '../../client.ts'
import { EcError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import { terminalLine } from '../../core/terminal-text.ts'
import type { CommandContext } from '../context.ts'

export interface Wanted {
  /** `primary`, `all`, `none`, ids or names; null = nobody said. */
  readonly calendars: readonly string[] | null
  readonly gmail: boolean
}

/** What is to be watched: as the flags say, else as a person says, else the primary calendar and the mailbox. */
export async function choose(
  context: CommandContext,
  found: readonly DiscoveryRow[],
  { calendars, gmail }: Wanted,
): Promise<readonly DiscoveryRow[]> {
  const all = found.filter(({ provider }) => provider === 'google-calendar')
  const mailboxes = gmail ? found.filter(({ provider }) => provider === 'gmail') : []
  const words = calendars ?? (await askWhich(context, all)) ?? ['primary']
  return [...pick(all, words), ...mailboxes]
}

/** Calendars by word, each once, in the order in which they were found. `EC_NOTHING_MATCHED` for a word that names none. */
function pick(calendars: readonly DiscoveryRow[], words: readonly string[]): readonly DiscoveryRow[] {
  const chosen = new Set<DiscoveryRow>()
  for (const word of words) for (const one of meant(calendars, word)) chosen.add(one)
  return calendars.filter(one => chosen.has(one))
}

function meant(calendars: readonly DiscoveryRow[], word: string): readonly DiscoveryRow[] {
  if (word === 'none') return []
  if (word === 'all') return calendars
  if (word === 'primary') return calendars.filter(({ primary }) => primary)
  const exact = calendars.filter(({ target }) => target === word)
  if (exact.length > 0) return exact
  const named = calendars.filter(({ name }) => name.toLowerCase() === word.toLowerCase())
  if (named.length > 0) return named
  const names = calendars.map(({ name }) => name)
  const guess = nearest(word, names)
  throw new EcError('EC_NOTHING_MATCHED', `there is no calendar ${terminalLine(word)}`, {
    hint:
      guess === null
        ? `there is ${names.map(terminalLine).join(', ') || 'none'}`
        : `did you mean ${terminalLine(guess)}?`,
  })
}

/** Null where no person is there to be asked, or he just pressed Enter. */
async function askWhich(
  { output, json }: CommandContext,
  calendars: readonly DiscoveryRow[],
): Promise<readonly string[] | null> {
  const { stdinIsTTY, stderr } = output.streams
  if (json || !stdinIsTTY || stderr.isTTY !== true || calendars.length < 2) return null
  output.tell('which calendars?')
  for (const [at, { name, primary, role, through }] of calendars.entries()) {
    const also = through === null ? null : `read through ${terminalLine(through)} already`
    const more = [primary ? 'primary' : null, role, also].filter(word => word !== null).join(', ')
    output.tell(`  ${at + 1}  ${terminalLine(name)}${more === '' ? '' : `  (${more})`}`)
  }
  for (;;) {
    const line = await output.ask('numbers, `all` or `none` [the primary one]:')
    const words = (line ?? '').split(/[\s,]+/).filter(word => word !== '')
    if (words.length === 0) return null
    const targets = words.map(word =>
      /^(all|none)$/i.test(word) ? word.toLowerCase() : calendars[Number(word) - 1]?.target,
    )
    if (targets.every(target => target !== undefined)) return targets
    output.tell(`numbers from 1 to ${calendars.length}, please`)
  }
}
