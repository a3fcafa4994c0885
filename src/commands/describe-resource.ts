import type { ResourceRow, SyncRow } from '../client.ts'
import { sayHealth, sayHeldDeletion, sayPass } from '../client/say-health.ts'
import type { renderFields } from '../core/fields.ts'
import { formatLocalTime } from '../core/local-time.ts'

type Fields = Parameters<typeof renderFields>[0]

/** A resource with all that is known of it, for one look. */
export function describeResource(resource: ResourceRow): Fields {
  const { settings, sync, created_at: created, last_notification_at: last, account, target, ...rest } = resource
  return {
    ...rest,
    created_at: formatLocalTime(created),
    last_notification_at: formatLocalTime(last),
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`set ${name}`, value])),
    ...(sync === null ? {} : { account, target, health: sayHealth(resource), ...describeSync(sync) }),
  }
}

function describeSync(sync: SyncRow): Fields {
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
