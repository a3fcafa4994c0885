import type { Store } from '../../backends/store.ts'
import { judge, type CheckResult } from '../../core/check.ts'
import type { Clock } from '../../core/clock.ts'
import { whileReadable } from '../../core/while-readable.ts'
import { modeOf } from './mode.ts'
import { readSituation, type SituationOptions } from './read-situation.ts'
import { sayFailure } from './say-failure.ts'
import type { Situation } from './situation.ts'
import { toHint } from './to-hint.ts'

export interface CheckSyncOptions extends SituationOptions {
  readonly store: SituationOptions['store'] & Pick<Store, 'listSyncs'>
  readonly clock: Pick<Clock, 'now'>
}

const CODES = ['sync.read', 'sync.mode', 'sync.deletion', 'subscription.life'] as const

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Not read for so long, something is wrong: whatever its mode, it should have been by then. */
const STALE_MS = 26 * HOUR_MS
const PAGE = 500
/** Named in a line; the others are counted. */
const MAX_NAMED = 3

interface Seen {
  readonly situation: Situation
  readonly verdict: ReturnType<typeof modeOf>
}

/** Whether what is synced is read, told of as it should be, and waits for nobody. Looks at every synced resource. */
export function checkSync(options: CheckSyncOptions): Promise<readonly CheckResult[]> {
  return whileReadable(CODES, () => examine(options))
}

async function examine(options: CheckSyncOptions): Promise<readonly CheckResult[]> {
  const now = options.clock.now()
  const seen = await seeAll(options, now)
  return [checkRead(seen, now), checkMode(seen), checkDeletions(seen), checkLife(seen, now)]
}

async function seeAll(options: CheckSyncOptions, now: number): Promise<readonly Seen[]> {
  const seen: Seen[] = []
  for (let after: string | null = '0'; after !== null;) {
    const page: Awaited<ReturnType<Store['listSyncs']>> = await options.store.listSyncs({ limit: PAGE, after })
    for (const { resourceId } of page.rows) {
      const situation = await readSituation(options, resourceId).catch(() => null)
      if (situation !== null) seen.push({ situation, verdict: modeOf(situation, now) })
    }
    after = page.next
  }
  return seen
}

/** What failed of late, and what was not read for a day though nothing failed. */
function checkRead(seen: readonly Seen[], now: number): CheckResult {
  const failing = seen.filter(({ situation: { state } }) => state.error !== null)
  const stale = seen.filter(({ situation: { state, resource }, verdict }) => {
    return state.error === null && verdict.mode !== 'none' && now - (state.lastSyncAt ?? resource.createdAt) > STALE_MS
  })
  const [first] = [...failing, ...stale]
  if (first === undefined) return judge('sync.read', 'ok', seen.length === 0 ? null : countOf(seen))
  const told = [
    ...(failing.length === 0
      ? []
      : [
          `the last read failed: ${nameAll(failing, ({ state: { error } }) => (error === null ? null : sayFailure(error)))}`,
        ]),
    ...(stale.length === 0 ? [] : [`not read for a day: ${nameAll(stale)}`]),
  ]
  const { resource } = first.situation
  const { next } = first.verdict
  const hint = next === null ? `read it now: \`ec resources sync ${resource.id}\`` : toHint(next)
  return judge('sync.read', failing.length > 0 ? 'fail' : 'warn', told.join('; '), hint)
}

/** What is polled, or not read, though it need not be. */
function checkMode(seen: readonly Seen[]): CheckResult {
  const mendable = seen.filter(({ verdict }) => verdict.mode !== 'webhook' && verdict.next !== null)
  const polled = seen.filter(({ verdict }) => verdict.mode === 'polling').length
  const [first] = mendable
  if (first === undefined) {
    return judge('sync.mode', 'ok', polled === 0 ? null : `${polled} of ${seen.length} polled, as it has to be`)
  }
  return judge(
    'sync.mode',
    'warn',
    nameAll(mendable, (_, { because }) => because),
    toHint(first.verdict.next ?? ''),
  )
}

function checkDeletions(seen: readonly Seen[]): CheckResult {
  const held = seen.filter(({ situation: { state } }) => state.heldDeletion?.confirmed === false)
  const [first] = held
  if (first === undefined) return judge('sync.deletion', 'ok')
  const told = nameAll(held, ({ state: { heldDeletion } }) => `${heldDeletion?.gone ?? 0} of ${heldDeletion?.of ?? 0}`)
  const hint = `if they are gone: \`ec resources sync ${first.situation.resource.id} --confirm-deletion\``
  return judge('sync.deletion', 'warn', told, hint)
}

/** A renewal that dies in silence is seen by what is left. */
function checkLife(seen: readonly Seen[], now: number): CheckResult {
  const ends = seen
    .flatMap(one => {
      const { subscription } = one.situation
      const at = subscription?.expiresAt ?? null
      return at === null || !one.verdict.watch || subscription === null
        ? []
        : [{ one, at, life: at - subscription.createdAt }]
    })
    .toSorted((a, b) => a.at - b.at)
  const [earliest] = ends
  if (earliest === undefined) return judge('subscription.life', 'ok')
  const { name } = earliest.one.situation.resource
  // Of a fifth of its life half has passed, and nobody has renewed it.
  const late = ends.filter(({ at, life }) => at - now < Math.min(DAY_MS, life / 10))
  if (late.length === 0)
    return judge('subscription.life', 'ok', `the earliest runs out in ${sayHours(earliest.at - now)} (${name})`)
  const hint = `renew it now: \`ec resources watch ${earliest.one.situation.resource.id}\``
  return judge('subscription.life', 'warn', `runs out soon: ${nameAll(late.map(({ one }) => one))}`, hint)
}

function sayHours(ms: number): string {
  const hours = Math.max(0, Math.round(ms / HOUR_MS))
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}

function nameAll(
  seen: readonly Seen[],
  why: (situation: Situation, verdict: Seen['verdict']) => string | null = () => null,
): string {
  const names = seen.slice(0, MAX_NAMED).map(({ situation, verdict }) => {
    const reason = why(situation, verdict)
    return reason === null ? situation.resource.name : `${situation.resource.name} (${reason})`
  })
  const rest = seen.length - names.length
  return rest > 0 ? `${names.join(', ')} and ${rest} more` : names.join(', ')
}

function countOf(seen: readonly Seen[]): string {
  return seen.length === 1 ? 'one resource' : `${seen.length} resources`
}
