import type { Meter } from '../../core/meter.ts'
import { HEALTH_STATES, type HealthState } from '../../core/resource.ts'
import { SYNC_MODES, type SyncMode, type SyncRun } from '../../core/sync.ts'

interface Looked {
  readonly mode: SyncMode
  readonly health: HealthState
}

/** What `/metrics` shows of the sync. */
export class SyncFigures {
  readonly #meter: Meter
  /** By resource, as it was last looked at. */
  readonly #looked = new Map<string, Looked>()

  constructor(meter: Meter) {
    this.#meter = meter
    for (const mode of SYNC_MODES)
      meter.gauge('ec_synced_resources', { mode }, () => this.#tally(one => one.mode === mode))
    for (const state of HEALTH_STATES) {
      meter.gauge('ec_subscription_health', { state }, () => this.#tally(one => one.health === state))
    }
  }

  /** Null: it has gone. */
  note(resourceId: string, looked: Looked | null): void {
    if (looked === null) this.#looked.delete(resourceId)
    else this.#looked.set(resourceId, looked)
  }

  count(provider: string, { type, error }: SyncRun, latencyMs: number | null): void {
    this.#meter.counter('ec_syncs_total', { type, end: error === null ? 'done' : 'failed' }).add()
    if (latencyMs === null) return
    this.#meter.histogram('ec_sync_latency_seconds', { provider }).observe(Math.max(0, latencyMs) / 1000)
  }

  #tally(counts: (looked: Looked) => boolean): number {
    let sum = 0
    for (const looked of this.#looked.values()) if (counts(looked)) sum += 1
    return sum
  }
}
