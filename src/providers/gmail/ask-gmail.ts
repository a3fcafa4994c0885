import type { z } from 'zod'
import { askGoogle, type GoogleRequest } from '../google/ask-google.ts'
import type { AccountContext } from '../provider.ts'

/** One request to Gmail, for the mailbox of the account; `path` is below `users/me`. */
export function askGmail<Answer>(
  ctx: AccountContext,
  request: Omit<GoogleRequest, 'host'>,
  schema: z.ZodType<Answer>,
): Promise<Answer> {
  return askGoogle(ctx, { ...request, path: `/gmail/v1/users/me${request.path}`, host: HOST }, schema)
}

const HOST = 'https://gmail.googleapis.com'
