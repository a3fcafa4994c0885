import type { JobEffects, Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { toEcError } from '../../core/errors.ts'
import { joinSignals } from '../../core/join-signals.ts'
import type { ContextFor } from './context-for.ts'
import { readSituation, type SituationOptions } from './read-situation.ts'

export interface StopOptions extends SituationOptions {
  readonly store: SituationOptions['store'] & Pick<Store, 'getSubscription'>
  readonly contextFor: ContextFor
  readonly clock: Pick<Clock, 'now'>
}

const CALL_MS = 40_000

/** Stops one at the provider; one that is not there any more is stopped. */
export async function stopSubscription(
  options: StopOptions,
  { resourceId, id, remoteId }: { readonly resourceId: string; readonly id: string; readonly remoteId: string | null },
  signal: AbortSignal,
): Promise<JobEffects> {
  const situation = await readSituation(options, resourceId)
  if (situation === null) return {}
  const { account, provider, resource } = situation
  const row = await options.store.getSubscription(id)
  const ended = row === null ? [] : [{ id, patch: { state: 'ended', endedAt: options.clock.now() } as const }]
  // It cannot be stopped any more, and runs out by itself.
  if (account === null || provider.subscriptions === undefined) return { subscriptions: ended }
  const limited = joinSignals([signal], CALL_MS)
  try {
    const ctx = await options.contextFor(account.id, { provider: provider.id, cause: 'renew', signal: limited.signal })
    await provider.subscriptions.stop(ctx, resource, { id, remoteId: remoteId ?? row?.remoteId ?? null })
  } catch (thrown) {
    if (toEcError(thrown).code !== 'EC_ACCOUNT_SIGNED_OUT') throw thrown
  } finally {
    limited.release()
  }
  return { subscriptions: ended }
}
