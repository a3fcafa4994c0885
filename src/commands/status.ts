import type { EcClient, ResourceRow, StatusReply } from '../client.ts'
import { sayHealth, sayHeldDeletion, toneOf, type HealthWord } from '../client/say-health.ts'
import { formatSpan } from '../core/format-span.ts'
import type { CommandContext, Output } from './context.ts'
import { renderChecks } from './render-checks.ts'

export async function showStatus(context: CommandContext): Promise<void> {
  const client = await context.connect()
  const [status, resources] = await Promise.all([client.status(), listAll(client, context.signal)])
  const health = countHealth(resources)
  const attention = resources.flatMap(toAttention)
  if (context.json) return context.output.document({ ...status, health, attention })
  const { output } = context
  output.print(renderStatus(status, health, output))
  for (const { name, because, next_step: next } of attention.slice(0, MAX_NAMED)) {
    output.prose([`${name}: ${because}${next === null ? '' : `; next: ${next}`}`])
  }
  if (attention.length > MAX_NAMED) output.say(`${attention.length - MAX_NAMED} more: \`ec resources list\``)
}

/** Those of a store that cannot be read are not known. */
async function listAll(client: EcClient, signal: AbortSignal): Promise<readonly ResourceRow[]> {
  const all: ResourceRow[] = []
  for (let after: string | null = '0'; after !== null && !signal.aborted;) {
    const page: Awaited<ReturnType<EcClient['resources']['list']>> = await client.resources
      .list({ limit: PAGE, after })
      .catch(() => ({ resources: [], next: null }))
    all.push(...page.resources)
    after = page.next
  }
  return all
}

function countHealth(resources: readonly ResourceRow[]): Readonly<Partial<Record<HealthWord, number>>> {
  const counts: Partial<Record<HealthWord, number>> = {}
  for (const row of resources) {
    const word = sayHealth(row)
    counts[word] = (counts[word] ?? 0) + 1
  }
  return counts
}

/** What a person should see to. */
function toAttention(row: ResourceRow): readonly Attention[] {
  const { id, name, sync } = row
  const word = sayHealth(row)
  if (word === 'paused') return [{ id, name, because: 'it is paused', next_step: `ec resources resume ${id}` }]
  if (sync?.held_deletion) {
    const because = sayHeldDeletion(sync.held_deletion) ?? ''
    return [{ id, name, because, next_step: `ec resources sync ${id} --confirm-deletion` }]
  }
  if (sync?.next_step) return [{ id, name, because: sync.because, next_step: sync.next_step }]
  const isWell = toneOf(word) === 'good' || toneOf(word) === 'plain'
  return isWell ? [] : [{ id, name, because: sync?.because ?? `it is ${word}`, next_step: `ec resources show ${id}` }]
}

interface Attention {
  readonly id: string
  readonly name: string
  readonly because: string
  readonly next_step: string | null
}

const PAGE = 1000
/** Named one by one; the others are counted. */
const MAX_NAMED = 5

function renderStatus(status: StatusReply, health: Readonly<Record<string, number>>, output: Output): string {
  const { ready, delayed, running, dead } = status.jobs
  const fields = output.fields({
    version: status.version,
    url: status.url,
    public: status.public_url ?? 'none',
    inbox: status.inbox,
    up: formatSpan(status.uptime_s),
    clients: status.clients,
    resources: sayResources(status.resources, health),
    jobs: `${ready} ready, ${delayed} delayed, ${running} running, ${dead} dead`,
  })
  const checks = renderChecks(status.checks, output)
  return checks === '' ? fields : `${fields}\n${checks}`
}

/** `12: 9 healthy, 2 quiet, 1 paused`. */
function sayResources(count: number | null, health: Readonly<Record<string, number>>): string {
  if (count === null) return 'unknown'
  const words = Object.entries(health).toSorted(([, a], [, b]) => b - a)
  return words.length === 0 ? String(count) : `${count}: ${words.map(([word, n]) => `${n} ${word}`).join(', ')}`
}
