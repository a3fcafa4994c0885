import type { BudgetRow, CallsReply, SavingRow, SyncTotalsRow } from '../client.ts'
import { saySaving } from '../client/say-saving.ts'
import { formatLocalTime } from '../core/local-time.ts'
import { formatSpan } from '../core/format-span.ts'
import type { CommandContext, Output } from './context.ts'

const DEFAULT_SINCE_MS = 24 * 3_600_000

interface CallsInput {
  readonly since: number | undefined
  readonly each: boolean | undefined
}

export async function listCalls(context: CommandContext, input: CallsInput): Promise<void> {
  const client = await context.connect()
  const since = new Date(context.clock.now() - (input.since ?? DEFAULT_SINCE_MS)).toISOString()
  const reply = await client.calls(since)
  const { output } = context
  if (context.json) return output.document(reply)
  if (reply.calls.length === 0) output.say(`no calls to providers since ${formatLocalTime(since)}`)
  else await (input.each === true ? printEach(output, reply) : printAccounts(output, reply))
  const busy = reply.budgets.filter(({ account, used, waits }) => account !== '' && (used > 0 || waits > 0))
  const told = [...sayComparison(reply.saving), ...saySync(reply.sync.all), ...busy.map(sayBudget)]
  if (told.length > 0) output.print('\n')
  output.prose(told)
  if (reply.sync.resources.length > 0) {
    output.print('\n')
    await printResources(output, reply)
  }
}

async function printAccounts(output: Output, { accounts }: CallsReply): Promise<void> {
  await output.table(
    [
      { title: 'provider' },
      { title: 'account', shrinks: true },
      ...['reads', 'renewals', 'probes', 'writes', 'pulls', 'setup', 'retries', 'failures', 'in all', 'fewer'].map(
        title => ({ title, align: 'right' }) as const,
      ),
    ],
    accounts.map(row => [
      row.provider,
      row.address,
      row.reads,
      row.renewals,
      row.probes,
      row.writes,
      row.pulls,
      row.setup,
      row.retries,
      row.failures,
      row.calls,
      sayShare(row.saving),
    ]),
  )
}

async function printEach(output: Output, { calls, accounts }: CallsReply): Promise<void> {
  const addresses = new Map(accounts.map(({ account, address }) => [account, address]))
  await output.table(
    [
      { title: 'provider' },
      { title: 'account', shrinks: true },
      { title: 'operation', shrinks: true },
      { title: 'cause' },
      { title: 'calls', align: 'right' },
      { title: 'retries', align: 'right' },
      { title: 'failures', align: 'right' },
    ],
    calls.map(row => [
      row.provider,
      addresses.get(row.account) ?? row.account,
      row.operation,
      row.cause,
      row.calls,
      row.retries,
      row.failures,
    ]),
  )
}

async function printResources(output: Output, { sync }: CallsReply): Promise<void> {
  await output.table(
    [
      { title: 'resource', shrinks: true },
      ...['told', 'polled', 'in full', 'failed', 'fallback', 'processed', 'median', 'p99'].map(
        title => ({ title, align: 'right' }) as const,
      ),
      { title: 'id', whole: true },
    ],
    sync.resources.map(row => [
      row.name,
      row.webhook,
      row.polling,
      row.full,
      row.failed,
      sayPercent(row.fallback_percent),
      sayPercent(row.processed_percent),
      sayMs(row.latency_p50_ms),
      sayMs(row.latency_p99_ms),
      row.resource,
    ]),
  )
}

/** Against the old system, and against a poller without waste. */
function sayShare({ watched, old, honest }: SavingRow): string | null {
  if (watched === 0 || old.saved_percent === null || honest.saved_percent === null) return null
  return `${old.saved_percent.toFixed(1)} %, ${honest.saved_percent.toFixed(1)} %`
}

function sayComparison(saving: SavingRow): readonly string[] {
  const words = saySaving(saving)
  if (words === null) return []
  return [`${words.head}:`, ...words.baselines.map(({ share, rest }) => `  ${share ?? ''}${rest}`)]
}

function saySync(all: SyncTotalsRow): readonly string[] {
  const { webhook, polling, full, failed } = all
  if (webhook + polling + full === 0) return []
  const reads = `reads: ${webhook} after notifications, ${polling} polled, ${full} in full, ${failed} failed`
  const fallback =
    all.fallback_percent === null ? '' : `; of what has a subscription ${sayPercent(all.fallback_percent)} polled`
  if (all.processed_percent === null) return [reads + fallback]
  const processed = `notifications: ${all.notifications}, ${sayPercent(all.processed_percent)} processed`
  return [reads + fallback, `${processed}, median ${sayMs(all.latency_p50_ms)}, p99 ${sayMs(all.latency_p99_ms)}`]
}

function sayBudget(use: BudgetRow): string {
  const limit = use.limit_per_minute === null ? '' : ` (its own limit is ${use.limit_per_minute})`
  const used = `${use.budget} of ${use.address}: ${use.used} of ${use.per_minute} calls in the last minute${limit}`
  if (use.waits === 0) return used
  const waited = formatSpan(use.waited_ms / 1000)
  return `${used}; waited ${use.waits} times, ${waited} in all, last at ${formatLocalTime(use.last_wait_at)}`
}

function sayPercent(percent: number | null): string {
  return percent === null ? '-' : `${percent.toFixed(1)} %`
}

function sayMs(ms: number | null): string {
  if (ms === null) return '-'
  return ms < 10_000 ? `${ms} ms` : formatSpan(ms / 1000)
}
