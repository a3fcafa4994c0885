import type { Area } from '../layout.ts'
import { fillLines, fitLine, type Line } from '../line.ts'

/** The keys and what they do; `docs/tui.md` has the same table. */
export const KEY_HELP: readonly (readonly [keys: string, meaning: string])[] = [
  ['j k, arrows', 'down and up; in a detail, scroll'],
  ['PgUp PgDn', 'a page up and down (Space too)'],
  ['g G', 'the first, the newest; there the list follows'],
  ['Enter', 'look at it closely; Esc goes back'],
  ['1-5, Tab', 'events, health, calls, jobs; in `ec agent` the log'],
  ['1-9, arrows', 'in an open question: choose; Enter answers, asked once more'],
  ['/', 'filter: words of type, title, user, state'],
  ['p', 'pause the list; what comes is counted'],
  ['r', 'send the notification again, or try the dead job again'],
  ['R', 'send it with a new key: its effects happen again'],
  ['s w', 'of a resource in tab 2: read it now, subscribe to it anew'],
  ['f', 'save the notification as a fixture'],
  ['y', 'copy the id'],
  ['i', 'make a sign-in link for your inbox, good once; it is copied'],
  ['q, Ctrl-C', 'leave; `ec agent` stops in good order'],
]

const KEYS_WIDTH = 12

export function renderHelp(area: Area): readonly Line[] {
  const lines = KEY_HELP.map(([keys, meaning]): Line => [
    { text: ` ${keys.padEnd(KEYS_WIDTH)} `, bold: true },
    { text: meaning },
  ])
  const title: Line = [{ text: ' KEYS', bold: true, color: 'cyan' }]
  return fillLines(
    [title, ...lines].map(line => fitLine(line, area.width)),
    area.height,
  )
}
