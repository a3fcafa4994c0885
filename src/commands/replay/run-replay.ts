import { setMaxListeners } from 'node:events'
import type { EcClient } from '../../client.ts'
import { EcError } from '../../core/errors.ts'
import { nearest } from '../../core/nearest.ts'
import { PROVIDERS } from '../../providers/index.ts'
import type { CommandContext } from '../context.ts'
import { printDryRun } from './dry-run.ts'
import { readEdit } from './edit-request.ts'
import type { ReplayItem } from './item.ts'
import { PassingResources } from './passing-resources.ts'
import { isSignedAgain, type Changes } from './prepare-request.ts'
import { readFixtures } from './read-fixtures.ts'
import { createReplayer, type ReplayResult } from './replayer.ts'
import { countResults, printResults, toLine } from './report.ts'
import { findStored, isNotificationId, readResourceIds, readStored, type StoredFilter } from './stored.ts'

interface ReplayInput {
  readonly what: readonly string[]
  readonly to: string | undefined
  readonly resource: string | undefined
  readonly since: string | undefined
  readonly provider: string | undefined
  readonly set: readonly string[] | undefined
  readonly reSign: boolean | undefined
  readonly again: boolean | undefined
  readonly times: number | undefined
  readonly dryRun: boolean | undefined
}

/** What is to be sent: fixtures, read already, and stored notifications, which are read at their turn. */
type Source = ReplayItem | string

/** Sends recorded requests again and compares what comes of them with what they expect. */
export async function runReplay(context: CommandContext, input: ReplayInput): Promise<void> {
  const { signal } = context
  const plan = readPlan(input)
  const sources = readSources(context, input)
  const asksAgent = plan.to === null || plan.resourceId !== null || sources === null || sources.some(isStored)
  // Not ended by Ctrl-C: what was made in passing is removed after it.
  const client = asksAgent && !(plan.dryRun && sources?.every(isItem)) ? await context.connect(null) : null
  // Said at once, and not for each request.
  if (client !== null && plan.resourceId !== null) await client.resources.get(plan.resourceId)
  // Every request that is sent listens to the same signal for a moment.
  setMaxListeners(0, signal)
  const found = sources ?? (await findLiving(context, connected(client), input, plan))
  if (found.length === 0) throw nothingMatched(input.provider)
  if (plan.dryRun) {
    for await (const item of readItems(context, client, found)) {
      signal.throwIfAborted()
      await printDryRun(context, item, plan)
    }
    return
  }
  const results = await replayAll(context, client, found, plan)
  if (results.length === 0) throw nothingMatched(input.provider)
  if (results.some(({ item }) => item.refused && changesProof(plan) && !isSignedAgain(item, plan.changes))) {
    context.output.say('what was refused went as it came; name it, with --re-sign, to have it signed')
  }
  await conclude(context, results)
}

/** What the filter finds, but for what has nowhere to go. */
async function findLiving(
  { output }: CommandContext,
  client: EcClient,
  filter: StoredFilter,
  { to, resourceId }: ReplayPlan,
): Promise<readonly string[]> {
  const found = await findStored(client, filter)
  if (to !== null || resourceId !== null) return found.map(({ id }) => id)
  const living = await readResourceIds(client)
  const sent = found.filter(({ resource }) => living.has(resource))
  const gone = found.length - sent.length
  if (gone > 0) output.say(`${gone} left out, whose resource has been removed; --resource sends them to another`)
  return sent.map(({ id }) => id)
}

function changesProof({ changes }: ReplayPlan): boolean {
  return changes.reSign || changes.again || changes.edits.length > 0
}

interface ReplayPlan {
  readonly changes: Changes
  readonly to: URL | null
  readonly resourceId: string | null
  readonly times: number
  readonly dryRun: boolean
}

function readPlan({ what, set, again, reSign, to, resource, times = 1, dryRun = false }: ReplayInput): ReplayPlan {
  const edits = (set ?? []).map(readEdit)
  const changes = { edits, again: again === true, reSign: reSign === true, named: what.length > 0 }
  return { changes, to: to === undefined ? null : readUrl(to), resourceId: resource ?? null, times, dryRun }
}

/** Null: whatever of the stored notifications the filter finds. */
function readSources({ cwd }: CommandContext, { what, since, provider }: ReplayInput): readonly Source[] | null {
  if (what.length === 0) {
    if (since !== undefined || provider !== undefined) return null
    throw usage('say what to replay', 'a fixture, a folder, a notification as ntf_17, or --since 2h')
  }
  if (since !== undefined) throw usage('--since goes without a fixture or notification', 'leave one of them out')
  const sources = what.flatMap((word): readonly Source[] => (isNotificationId(word) ? [word] : readFixtures(cwd, word)))
  return sources.filter(source => isStored(source) || provider === undefined || source.provider === provider)
}

async function* readItems(
  { output }: CommandContext,
  client: EcClient | null,
  sources: readonly Source[],
): AsyncGenerator<ReplayItem> {
  for (const source of sources) {
    const item = isStored(source) ? await readStored(connected(client), source) : source
    if (item === null) output.say(`${String(source)}: its body is no longer kept, so it cannot be sent again`)
    else yield item
  }
}

async function replayAll(
  context: CommandContext,
  client: EcClient | null,
  sources: readonly Source[],
  plan: ReplayPlan,
): Promise<readonly ReplayResult[]> {
  const { signal, clock, output } = context
  const { config } = await context.config()
  const passing = client === null ? null : new PassingResources(client, config.user)
  const results: ReplayResult[] = []
  try {
    const agent = client && passing && { client, passing, url: context.url ?? (await client.status()).url }
    const replay = createReplayer({ ...plan, agent, clock, signal })
    for await (const item of readItems(context, client, repeat(sources, plan.times))) {
      signal.throwIfAborted()
      const result = await replay(item)
      results.push(result)
      if (context.json) await output.line(toLine(result))
    }
    return results
  } finally {
    for (const id of (await passing?.remove()) ?? []) {
      output.tell(`a resource made in passing is still there: remove it with \`ec resources remove ${id}\``)
    }
  }
}

async function conclude(context: CommandContext, results: readonly ReplayResult[]): Promise<void> {
  const { output } = context
  const counts = countResults(results)
  if (context.json) await output.line({ type: 'summary', ...counts })
  else await printResults(context, results)
  const wrong = counts.differs + counts.failed
  const told = `${counts.requests} sent: ${counts.ok} ok, ${counts.duplicate} duplicate, ${counts.differs} differ, ${counts.failed} failed`
  if (wrong === 0) return output.say(told)
  throw new EcError('EC_REPLAY_DIFFERS', told, { details: { ...counts } })
}

function repeat(sources: readonly Source[], times: number): readonly Source[] {
  return times === 1 ? sources : sources.flatMap(source => Array.from({ length: times }, () => source))
}

function isStored(source: Source): source is string {
  return typeof source === 'string'
}

function isItem(source: Source): source is ReplayItem {
  return !isStored(source)
}

function connected(client: EcClient | null): EcClient {
  if (client !== null) return client
  throw new EcError('EC_INTERNAL', 'an agent is needed, and none was asked for')
}

function readUrl(text: string): URL {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text)
  throw usage('--to takes an http or https URL', 'as --to http://localhost:3000/webhook')
}

function nothingMatched(provider: string | undefined): EcError {
  const guess =
    provider === undefined || Object.hasOwn(PROVIDERS, provider) ? null : nearest(provider, Object.keys(PROVIDERS))
  const hint = guess === null ? 'widen the filter' : `did you mean --provider ${guess}?`
  return new EcError('EC_NOTHING_MATCHED', 'there is nothing to replay', { hint })
}

function usage(message: string, hint: string): EcError {
  return new EcError('EC_USAGE', message, { hint })
}
