import { terminalLine } from '../../core/terminal-text.ts'
import type { CommandContext } from '../context.ts'
import type { ReplayResult } from './replayer.ts'

export interface Counts {
  readonly requests: number
  readonly ok: number
  readonly duplicate: number
  readonly differs: number
  readonly failed: number
}

/** One line of NDJSON: what was sent, and what came of it. */
export function toLine({ item, ...result }: ReplayResult): Record<string, unknown> {
  const { url, status, outcome, notifications, events } = result
  return {
    type: 'request',
    name: item.name,
    source: item.source,
    provider: item.provider,
    url,
    status,
    expected_status: item.expect.status,
    outcome,
    notifications: notifications.map(({ key, kind, state }) => ({ key, kind, state })),
    events,
    result: result.result,
    differences: result.differences,
  }
}

export function countResults(results: readonly ReplayResult[]): Counts {
  const count = (kind: ReplayResult['result']): number => results.filter(({ result }) => result === kind).length
  return {
    requests: results.length,
    ok: count('ok'),
    duplicate: count('duplicate'),
    differs: count('differs'),
    failed: count('failed'),
  }
}

/** A table for a person, and below it in words what differs. */
export async function printResults({ output }: CommandContext, results: readonly ReplayResult[]): Promise<void> {
  const { paint } = output
  const paints = { ok: paint.green, duplicate: paint.cyan, differs: paint.red, failed: paint.red } as const
  await output.table(
    [
      { title: 'request', shrinks: true },
      { title: 'status' },
      { title: 'expected' },
      { title: 'notifications', shrinks: true },
      { title: 'events', shrinks: true },
      { title: 'result', paint: (cell, text) => (isResult(text, paints) ? paints[text](cell) : cell) },
    ],
    results.map(({ item, status, outcome, notifications, events, result }) => [
      item.name,
      status,
      item.expect.status ?? '2xx',
      tellNotifications(outcome, notifications),
      tally(events.map(event => event.type)),
      result,
    ]),
  )
  for (const { item, differences } of results) {
    for (const difference of differences) output.print(`${terminalLine(`${item.name}: ${difference}`)}\n`)
  }
}

function tellNotifications(outcome: ReplayResult['outcome'], found: ReplayResult['notifications']): string | null {
  if (outcome === null || outcome === 'none') return null
  return outcome === 'refused' ? 'refused' : `${outcome}: ${tally(found.map(one => one.kind))}`
}

/** `updated x200`: a batch is one line all the same. */
function tally(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].map(([word, count]) => (count === 1 ? word : `${word} x${count}`)).join(', ')
}

function isResult<Names extends object>(text: string, names: Names): text is string & keyof Names {
  return Object.hasOwn(names, text)
}
