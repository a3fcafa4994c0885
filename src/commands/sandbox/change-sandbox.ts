import { peekString, type JsonRecord } from '../../core/peek.ts'
import type { CommandContext } from '../context.ts'
import { readSet } from './read-set.ts'
import { connectSandbox } from './sandbox-client.ts'
import { showFaults } from './show-sandbox.ts'

interface MutateInput {
  readonly action: string
  readonly set: readonly string[] | undefined
}

export async function mutateSandbox(context: CommandContext, { action, set = [] }: MutateInput): Promise<void> {
  const body = { ...readSet(set), do: action }
  const client = await connectSandbox(context)
  const made = await client.send('POST', '/mutate', body)
  if (context.json) return context.output.document(made)
  const what = peekString(made, 'id') || peekString(made, 'email') || peekString(made, 'account')
  context.output.say(what === '' ? `${action}: done` : `${action}: ${what}`)
}

interface FaultInput {
  readonly kind: string
  readonly on: string | undefined
  readonly percent: number | undefined
  readonly times: number | undefined
  readonly status: number | undefined
  readonly retryAfter: number | undefined
  readonly reason: string | undefined
  readonly delay: number | undefined
  readonly method: string | undefined
  readonly path: string | undefined
  readonly operation: string | undefined
  readonly calendar: string | undefined
  readonly channel: string | undefined
  readonly subscription: string | undefined
  readonly account: string | undefined
}

export async function orderFault(context: CommandContext, input: FaultInput): Promise<void> {
  const { kind } = input
  const client = await connectSandbox(context)
  if (kind === 'clear') {
    const left = await client.send('DELETE', '/faults')
    return context.json ? context.output.document(left) : context.output.say('nothing goes wrong any more')
  }
  if (kind === 'list') return showFaults(context, await client.get('/faults'))
  const fault = await client.send('POST', '/faults', specOf(input))
  if (context.json) context.output.document(fault)
  else context.output.say(`${peekString(fault, 'id')}: ${kind} is ordered; \`ec sandbox fault clear\` ends it`)
}

function specOf(input: FaultInput): JsonRecord {
  const { kind, on, percent, times, status, retryAfter, reason, delay } = input
  const { method, path, operation, calendar, channel, subscription, account } = input
  const match = { method, path, operation, calendar, channel, subscription, account }
  const rate = percent === undefined ? undefined : percent / 100
  // JSON leaves out what is undefined.
  return { kind, on, rate, times, status, retry_after: retryAfter, reason, delay_ms: delay, match }
}

interface ClockInput {
  readonly advance: number | undefined
  readonly rate: number | undefined
}

export async function moveClock(context: CommandContext, { advance, rate }: ClockInput): Promise<void> {
  const client = await connectSandbox(context)
  const isAsked = advance === undefined && rate === undefined
  const clock = isAsked
    ? await client.get('/clock')
    : await client.send('POST', '/clock', { advance_ms: advance, rate })
  if (context.json) return context.output.document(clock)
  const pace = clock['rate'] === 0 ? 'stands' : `goes ${String(clock['rate'])} times as fast as ours`
  context.output.print(`${peekString(clock, 'now')}  (it ${clock['rate'] === 1 ? 'goes as ours' : pace})\n`)
}
