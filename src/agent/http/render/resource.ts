import { z } from 'zod'
import { HEALTH_STATES, type Resource } from '../../../core/resource.ts'
import type { SyncView } from '../api.ts'
import { instant, renderInstant, renderInstantOrNull } from './instant.ts'
import { renderSync, syncView } from './sync.ts'

export const resourceView = z.strictObject({
  id: z.string(),
  provider: z.string(),
  user: z.string(),
  name: z.string(),
  settings: z.record(z.string(), z.string()),
  state: z.enum(HEALTH_STATES),
  paused: z.boolean(),
  has_secret: z.boolean(),
  webhook_url: z.string(),
  /** Id of the account that it is read with, and what of it it is; null = nothing is read. */
  account: z.string().nullable(),
  target: z.string().nullable(),
  created_at: instant,
  last_notification_at: instant.nullable(),
  sync: syncView.nullable(),
})

export function renderResource(
  resource: Resource,
  webhookUrl: string,
  sync: SyncView | null,
): z.infer<typeof resourceView> {
  const { id, provider, userId, name, settings, state, paused, hasSecret } = resource
  return {
    id,
    provider,
    user: userId,
    name,
    settings: { ...settings },
    state,
    paused,
    has_secret: hasSecret,
    webhook_url: webhookUrl,
    account: resource.accountId,
    target: resource.target,
    created_at: renderInstant(resource.createdAt),
    last_notification_at: renderInstantOrNull(resource.lastNotificationAt),
    sync: sync === null ? null : renderSync(sync),
  }
}
