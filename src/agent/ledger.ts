import type { Store } from '../backends/store.ts'
import type { ApiCall } from '../core/api-call.ts'
import type { Clock, Timer } from '../core/clock.ts'
import { toEcError } from '../core/errors.ts'
import type { Log } from '../core/log.ts'
import type { Meter } from '../core/meter.ts'

const FLUSH_MS = 1_000
/** Calls that wait for the store at most; a provider's rate limit is far below what would fill this. */
const MAX_WAITING = 10_000

/** Writes the API calls that the door to the network reports, a second's worth at a time. */
export function startLedger(options: {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
}) {
  const { store, clock, log, meter } = options
  let waiting: ApiCall[] = []
  let timer: Timer | null = null

  async function flush(): Promise<void> {
    timer?.cancel()
    timer = null
    const calls = waiting
    waiting = []
    if (calls.length === 0) return
    try {
      await store.recordCalls(calls)
    } catch (error) {
      log.error('API calls could not be recorded yet', { code: toEcError(error).code, calls: calls.length })
      waiting = [...calls, ...waiting].slice(-MAX_WAITING)
      timer ??= clock.setTimer(() => void flush(), FLUSH_MS)
    }
  }

  return {
    record(call: ApiCall): void {
      waiting.push(call)
      meter.counter('ec_api_calls_total', { provider: call.provider, cause: call.cause }).add()
      timer ??= clock.setTimer(() => void flush(), FLUSH_MS)
    },
    flush,
  }
}
