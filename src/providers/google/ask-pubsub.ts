import type { z } from 'zod'
import { askGoogle, type GoogleRequest } from './ask-google.ts'
import type { AccountContext } from '../provider.ts'

/** One request to Cloud Pub/Sub (https://docs.cloud.google.com/pubsub/docs/reference/rest); `path` is below `/v1`. */
export function askPubSub<Answer>(
  ctx: AccountContext,
  request: Omit<GoogleRequest, 'host' | 'baseUrl'>,
  schema: z.ZodType<Answer>,
): Promise<Answer> {
  // Never at Google's other base URL: that is another host of theirs.
  const baseUrl = ctx.endpoints.pubsubBaseUrl ?? HOST
  return askGoogle(ctx, { ...request, path: `/v1/${request.path}`, baseUrl }, schema)
}

const HOST = 'https://pubsub.googleapis.com'
