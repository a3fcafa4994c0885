import type { Bus } from '../../../backends/backend.ts'
import type { NewTrace, Store } from '../../../backends/store.ts'
import type { Clock } from '../../../core/clock.ts'
import type { Ids } from '../../../core/ids.ts'
import type { Log } from '../../../core/log.ts'
import type { Counter } from '../../../core/meter.ts'
import type { Room } from './room.ts'
import type { TimingWheel } from './timing-wheel.ts'

/** What sessions and rooms share of the hub that they are part of. */
export interface Host {
  readonly store: Pick<
    Store,
    'identity' | 'getHead' | 'readStream' | 'countStream' | 'changeStates' | 'renumberProgress'
  >
  readonly bus: Bus
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly wheel: TimingWheel
  readonly trace: (row: NewTrace) => void
  /** Events written to connections, each connection counted. */
  readonly deliveries: Counter
  /** Nobody is left in a room. */
  readonly roomEmptied: (room: Room) => void
  /** A session's connection is gone. */
  readonly sessionEnded: () => void
}
