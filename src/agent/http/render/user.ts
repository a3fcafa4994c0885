import { z } from 'zod'
import type { User } from '../../../core/user.ts'
import { instant, renderInstant } from './instant.ts'

export const userView = z.strictObject({
  id: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  tz: z.string().nullable(),
  lang: z.string().nullable(),
  created_at: instant,
})

export function renderUser(user: User): z.infer<typeof userView> {
  const { id, name, email, tz, lang, createdAt } = user
  return { id, name, email, tz, lang, created_at: renderInstant(createdAt) }
}
