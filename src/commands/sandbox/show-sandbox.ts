import { isRecord, peekInteger, peekLine, peekList, peekString, type JsonRecord } from '../../core/peek.ts'
import type { CommandContext } from '../context.ts'
import { readSet } from './read-set.ts'
import { connectSandbox } from './sandbox-client.ts'

interface LogInput {
  readonly after: number | undefined
  readonly limit: number | undefined
}

const LIMIT = 50

export async function showLog(context: CommandContext, { after = 0, limit = LIMIT }: LogInput): Promise<void> {
  const client = await connectSandbox(context)
  const { entries } = await client.get(`/log?after=${after}&limit=10000`)
  const last = Array.isArray(entries) ? entries.slice(-limit) : []
  if (context.json) return context.output.document({ entries: last })
  await context.output.table(
    [
      { title: 'n' },
      { title: 'at' },
      { title: 'kind' },
      { title: 'status' },
      { title: 'operation', shrinks: true },
      { title: 'fault' },
      { title: 'target', shrinks: true },
    ],
    last.map(entry => [
      peekInteger(entry, 'n'),
      peekString(entry, 'at').slice(11, 23),
      peekString(entry, 'kind'),
      peekInteger(entry, 'status'),
      peekString(entry, 'operation'),
      peekString(entry, 'fault'),
      `${peekString(entry, 'method')} ${peekLine(entry, 'target')}`,
    ]),
  )
}

export async function showFaults({ output, json }: CommandContext, answer: JsonRecord): Promise<void> {
  if (json) return output.document(answer)
  await output.table(
    [
      { title: 'id' },
      { title: 'on' },
      { title: 'kind' },
      { title: 'done' },
      { title: 'times' },
      { title: 'match', shrinks: true },
    ],
    peekList(answer, 'faults').map(fault => [
      peekString(fault, 'id'),
      peekString(fault, 'on'),
      peekString(fault, 'kind'),
      peekInteger(fault, 'done'),
      peekInteger(fault, 'times'),
      isRecord(fault) ? JSON.stringify(fault['match']) : '',
    ]),
  )
}

const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  calendars: ['id', 'summary', 'events', 'watchable'],
  mailboxes: ['email', 'messages', 'history_id', 'watched'],
  channels: ['id', 'calendar', 'state', 'expires_at'],
  subscriptions: ['name', 'mode', 'waiting'],
}

export async function showState(context: CommandContext): Promise<void> {
  const client = await connectSandbox(context)
  const state = await client.get('/state')
  const { output } = context
  if (context.json) return output.document(state)
  for (const [section, columns] of Object.entries(SECTIONS)) {
    const rows = peekList(state, section)
    if (rows.length === 0) continue
    output.print(`${section}\n`)
    await output.table(
      columns.map(title => ({ title, shrinks: title === 'summary' })),
      rows.map(row => columns.map(name => textOf(isRecord(row) ? row[name] : ''))),
    )
    output.print('\n')
  }
}

interface MannersInput {
  readonly set: readonly string[] | undefined
}

export async function showManners(context: CommandContext, { set = [] }: MannersInput): Promise<void> {
  const change = readSet(set)
  const client = await connectSandbox(context)
  const manners = set.length === 0 ? await client.get('/manners') : await client.send('PATCH', '/manners', change)
  if (context.json) return context.output.document(manners)
  await context.output.table(
    [{ title: 'name' }, { title: 'value', shrinks: true }],
    Object.entries(manners).map(([name, value]) => [name, textOf(value)]),
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
