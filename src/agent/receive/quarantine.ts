import type { Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import type { ErrorCode } from '../../core/error-codes.ts'
import { toEcError } from '../../core/errors.ts'
import type { Log } from '../../core/log.ts'
import type { Meter } from '../../core/meter.ts'
import type { RawRequest } from '../../core/notification.ts'
import { TokenBuckets } from '../../core/token-buckets.ts'
import type { Entry } from './directory.ts'
import { keepHeaders } from './headers.ts'
import type { ReceiveSettings } from './settings.ts'

export interface QuarantineOptions {
  readonly store: Pick<Store, 'quarantine'>
  readonly clock: Clock
  readonly log: Log
  readonly meter: Meter
  readonly settings: ReceiveSettings
  /** Told when a request is stored. */
  readonly onStored: () => void
}

export interface RefusedRequest {
  readonly entry: Entry
  readonly request: RawRequest
  /** ms since 1970. */
  readonly receivedAt: number
  readonly reason: ErrorCode
  readonly detail: string
}

/** Where refused requests are kept, so that a person can see what came and why it was not taken. */
export interface Quarantine {
  /** Keeps one that nobody vouches for, if the rate allows; never fails. */
  keepUnverified(refused: RefusedRequest): Promise<void>
  /** Keeps one whose sender is who he says; its id. Rejects when the store does. */
  keepAuthentic(refused: RefusedRequest): Promise<string>
}

export function createQuarantine(options: QuarantineOptions): Quarantine {
  const { store, clock, log, meter, settings, onStored } = options
  const perResource = new TokenBuckets(settings.refusedRate, settings.maxBuckets, clock)
  const inAll = new TokenBuckets(settings.refusedRateInAll, 1, clock)

  return {
    keepAuthentic: keep,
    async keepUnverified(refused) {
      const { id, provider } = refused.entry.resource
      if (perResource.take(id) > 0 || inAll.take('') > 0) {
        meter.counter('ec_quarantine_skipped_total', { provider }).add()
        return
      }
      try {
        await keep(refused)
      } catch (thrown) {
        // The sender gets his refusal all the same: it does not hang on our disk.
        log.warn('a refused notification could not be kept', { provider, resource: id, code: toEcError(thrown).code })
      }
    },
  }

  async function keep({ entry, request, receivedAt, reason, detail }: RefusedRequest): Promise<string> {
    const { resource, receiver } = entry
    const id = await store.quarantine(
      {
        provider: resource.provider,
        resourceId: resource.id,
        kind: '',
        receivedAt,
        headers: keepHeaders(request.headers, receiver.keepHeaders),
        body: request.body.subarray(0, settings.quarantineBodyBytes),
        reason,
        detail,
      },
      settings.quarantineRows,
    )
    onStored()
    return id
  }
}
