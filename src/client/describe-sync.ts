import { formatLocalTime } from '../core/local-time.ts'
import { sayHeldDeletion, sayPass } from './say-health.ts'
import type { SyncRow } from './sync-rows.ts'

/** All that is known of a resource's sync, by names for a person; times in the zone of this machine. */
export function describeSync(sync: SyncRow): Readonly<Record<string, string | number>> {
  const { subscription, failure_count: failures, last_sync_type: type, error } = sync
  const held = sayHeldDeletion(sync.held_deletion)
  return {
    mode: sync.mode,
    because: sync.because,
    ...(sync.next_step === null ? {} : { next: sync.next_step }),
    ...(held === null ? {} : { 'held back': held }),
    items: sync.complete ? sync.items : `${sync.items}, and the first read goes on`,
    ...(sync.pass === null ? {} : { reading: sayPass(sync.pass) }),
    'last sync': `${formatLocalTime(sync.last_sync_at)}${type === null ? '' : ` (${type})`}`,
    'last full': formatLocalTime(sync.last_full_at),
    'last change': formatLocalTime(sync.last_change_at),
    'last told': formatLocalTime(sync.last_announced_at),
    'next look': formatLocalTime(sync.next_at),
    ...(error === null ? {} : { error: `${error}, ${formatLocalTime(sync.error_at)}` }),
    ...(failures === 0 ? {} : { failures: `${failures} in a row` }),
    subscription: subscription === null ? 'none' : `${subscription.id} (${subscription.state})`,
    ...(subscription === null
      ? {}
      : { expires: formatLocalTime(subscription.expires_at), 'renewed at': formatLocalTime(sync.renew_at) }),
  }
}
