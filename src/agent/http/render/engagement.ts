import { z } from 'zod'
import type { TypeEngagement } from '../../../backends/store.ts'
import { instant, renderInstantOrNull } from './instant.ts'

export const engagementView = z.strictObject({
  type: z.string(),
  sent: z.int(),
  opened: z.int(),
  governed_at: instant.nullable(),
})

export function renderEngagement({ type, sent, opened, governedAt }: TypeEngagement): z.infer<typeof engagementView> {
  return { type, sent, opened, governed_at: renderInstantOrNull(governedAt) }
}
