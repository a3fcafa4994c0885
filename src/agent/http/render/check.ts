import { z } from 'zod'

export const checkView = z.strictObject({
  code: z.string(),
  status: z.enum(['ok', 'warn', 'fail', 'skip']),
  title: z.string(),
  detail: z.string().optional(),
  hint: z.string().optional(),
})
