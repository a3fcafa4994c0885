import { z } from 'zod'
import { ACCOUNT_STATES, type Account } from '../../../core/account.ts'
import type { SetupStepState } from '../api.ts'
import { instant, renderInstant } from './instant.ts'

export const accountView = z.strictObject({
  id: z.string(),
  family: z.string(),
  user: z.string(),
  address: z.string(),
  scopes: z.array(z.string()),
  settings: z.record(z.string(), z.string()),
  state: z.enum(ACCOUNT_STATES),
  /** Why a person has to act: a code. */
  reason: z.string().nullable(),
  created_at: instant,
  granted_at: instant,
})

export function renderAccount(account: Account): z.infer<typeof accountView> {
  const { id, family, userId, address, scopes, settings, state, reason, createdAt, grantedAt } = account
  return {
    id,
    family,
    user: userId,
    address,
    scopes: [...scopes],
    settings: { ...settings },
    state,
    reason,
    created_at: renderInstant(createdAt),
    granted_at: renderInstant(grantedAt),
  }
}

export const stepView = z.strictObject({
  id: z.string(),
  title: z.string(),
  state: z.enum(['done', 'todo', 'manual']),
  why: z.string().nullable(),
  /** What the person can do. */
  next: z.string().nullable(),
})

export function renderStep({ id, title, result }: SetupStepState): z.infer<typeof stepView> {
  const why = result.state === 'done' ? null : result.why
  return { id, title, state: result.state, why, next: result.state === 'manual' ? result.next : null }
}
