import { z } from 'zod'
import type { AccountContext, Discovery } from '../provider.ts'
import { askGmail } from './ask-gmail.ts'

const profileSchema = z.object({ emailAddress: z.string().min(3) })

/** The mailbox of the account. */
export async function discover(ctx: AccountContext): Promise<readonly Discovery[]> {
  const request = { operation: 'getProfile', method: 'GET', path: '/profile' } as const
  const { emailAddress } = await askGmail(ctx, request, profileSchema)
  return [
    { provider: 'gmail', target: emailAddress, name: emailAddress, primary: true, watchable: true, role: 'owner' },
  ]
}
