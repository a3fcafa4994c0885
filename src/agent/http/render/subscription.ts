import { z } from 'zod'
import { SUBSCRIPTION_STATES, type WebhookSubscription } from '../../../core/subscription.ts'
import { instant, renderInstant, renderInstantOrNull } from './instant.ts'

export const subscriptionView = z.strictObject({
  id: z.string(),
  resource: z.string(),
  state: z.enum(SUBSCRIPTION_STATES),
  remote_id: z.string().nullable(),
  address: z.string(),
  created_at: instant,
  expires_at: instant.nullable(),
  verified_at: instant.nullable(),
  last_notification_at: instant.nullable(),
  ended_at: instant.nullable(),
})

export function renderSubscription(subscription: WebhookSubscription): z.infer<typeof subscriptionView> {
  const { id, resourceId, state, remoteId, address } = subscription
  return {
    id,
    resource: resourceId,
    state,
    remote_id: remoteId,
    address,
    created_at: renderInstant(subscription.createdAt),
    expires_at: renderInstantOrNull(subscription.expiresAt),
    verified_at: renderInstantOrNull(subscription.verifiedAt),
    last_notification_at: renderInstantOrNull(subscription.lastNotificationAt),
    ended_at: renderInstantOrNull(subscription.endedAt),
  }
}
