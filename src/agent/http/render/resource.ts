import { z } from 'zod'
import { HEALTH_STATES, type Resource } from '../../../core/resource.ts'
import { instant, renderInstant, renderInstantOrNull } from './instant.ts'

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
  created_at: instant,
  last_notification_at: instant.nullable(),
})

export function renderResource(resource: Resource, webhookUrl: string): z.infer<typeof resourceView> {
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
    created_at: renderInstant(resource.createdAt),
    last_notification_at: renderInstantOrNull(resource.lastNotificationAt),
  }
}
