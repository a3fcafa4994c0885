import { z } from 'zod'
import { LEVELS } from '../../../core/event.ts'
import { KEY_SCOPES, type ServiceKey } from '../../../core/service-key.ts'
import { instant, renderInstant, renderInstantOrNull } from './instant.ts'

export const keyView = z.strictObject({
  id: z.string(),
  name: z.string(),
  scope: z.array(z.enum(KEY_SCOPES)),
  types: z.array(z.string()),
  users: z.array(z.string()),
  max_level: z.enum(LEVELS).nullable(),
  callback: z.string().nullable(),
  created_at: instant,
  revoked_at: instant.nullable(),
})

export function renderKey(key: ServiceKey): z.infer<typeof keyView> {
  const { id, name, scopes, types, users, maxLevel, callbackUrl, createdAt, revokedAt } = key
  return {
    id,
    name,
    scope: [...scopes],
    types: [...types],
    users: [...users],
    max_level: maxLevel,
    callback: callbackUrl,
    created_at: renderInstant(createdAt),
    revoked_at: renderInstantOrNull(revokedAt),
  }
}
