import { EcError } from '../../../core/errors.ts'
import type { WebhookSubscription } from '../../../core/subscription.ts'
import type { SubscriptionPatch } from '../../store.ts'
import type { UnitContext } from '../unit.ts'

export function addSubscription(ctx: UnitContext, subscription: WebhookSubscription): void {
  const { id, resourceId, state, remoteId, address, createdAt, expiresAt, verifiedAt } = subscription
  const { lastNotificationAt, endedAt } = subscription
  const { changes } = ctx
    .sql(
      `insert into subscriptions (id, resource_n, state, remote_id, address, created_at, expires_at, verified_at,
         last_notification_at, ended_at)
       select ?, n, ?, ?, ?, ?, ?, ?, ?, ? from resources where id = ?`,
    )
    .run(id, state, remoteId, address, createdAt, expiresAt, verifiedAt, lastNotificationAt, endedAt, resourceId)
  if (changes === 0) throw new EcError('EC_NOT_FOUND', 'the resource of the subscription has gone')
}

export function updateSubscription(ctx: UnitContext, id: string, patch: SubscriptionPatch): boolean {
  const set = (column: string, value: string | number | null | undefined): void => {
    if (value !== undefined) ctx.sql(`update subscriptions set ${column} = ? where id = ?`).run(value, id)
  }
  set('state', patch.state)
  set('remote_id', patch.remoteId)
  set('address', patch.address)
  set('expires_at', patch.expiresAt)
  set('verified_at', patch.verifiedAt)
  set('last_notification_at', patch.lastNotificationAt)
  set('ended_at', patch.endedAt)
  return ctx.sql('select 1 from subscriptions where id = ?').get(id) !== undefined
}
