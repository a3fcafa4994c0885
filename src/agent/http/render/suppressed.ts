import { z } from 'zod'
import type { SuppressedAddress } from '../../../core/mailbox.ts'
import { instant, renderInstant } from './instant.ts'

export const suppressedView = z.strictObject({ address: z.string(), reason: z.string(), at: instant })

export function renderSuppressed({ address, reason, at }: SuppressedAddress): z.infer<typeof suppressedView> {
  return { address, reason, at: renderInstant(at) }
}
