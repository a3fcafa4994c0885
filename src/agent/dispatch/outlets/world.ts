import type { Store } from '../../../backends/store.ts'
import type { ApiCall } from '../../../core/api-call.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Config } from '../../../core/config.ts'
import type { Log } from '../../../core/log.ts'

/** What a channel is made from. */
export interface DispatchWorld {
  /** `channels` of the configuration. */
  readonly channels: Config['channels']
  /** Remembers what was switched off. */
  readonly store: Pick<Store, 'listFeatures' | 'setFeature'>
  readonly clock: Clock
  readonly log: Log
  /** The agent's own environment: a channel passes on what it names, and no more. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly random: () => number
  readonly record: (call: ApiCall) => void
}
