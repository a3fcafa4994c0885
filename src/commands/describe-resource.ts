import type { ResourceRow } from '../client.ts'
import { describeSync } from '../client/describe-sync.ts'
import { sayHealth } from '../client/say-health.ts'
import type { renderFields } from '../core/fields.ts'
import { formatLocalTime } from '../core/local-time.ts'

/** A resource with all that is known of it, for one look. */
export function describeResource(resource: ResourceRow): Parameters<typeof renderFields>[0] {
  const { settings, sync, created_at: created, last_notification_at: last, account, target, ...rest } = resource
  return {
    ...rest,
    created_at: formatLocalTime(created),
    last_notification_at: formatLocalTime(last),
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`set ${name}`, value])),
    ...(sync === null ? {} : { account, target, health: sayHealth(resource), ...describeSync(sync) }),
  }
}
