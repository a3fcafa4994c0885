import { z } from 'zod'
import type { Account } from '../../core/account.ts'
import { cleanLine } from '../../core/clean-text.ts'
import { toEcError } from '../../core/errors.ts'
import { pause } from '../../core/pause.ts'
import { askPubSub } from '../google/ask-pubsub.ts'
import type { AcceptStreamed, AccountContext, RefusedItem, Stream, StreamedItem } from '../provider.ts'
import { readMessage } from './message.ts'

/** Pub/Sub answers a pull after some time with nothing, and does not say after how much. */
const PULL_DEADLINE_MS = 100_000
const MAX_MESSAGES = 100
/** A pull that is answered with nothing sooner than this is not followed by the next one at once. */
const EMPTY_MS = 1_000
/** Before what could not be made durable is given out again. */
const RETRY_AFTER_S = 10

/** Cloud Pub/Sub, pulled from: mail is announced without anybody having to reach us. */
export const stream: Stream = { keyOf, run }

/** Accounts of one project share the subscription; whoever made it pulls for all. */
function keyOf({ settings }: Account): string | null {
  return settings['delivery'] === 'pull' ? (settings['subscription'] ?? null) : null
}

async function run(ctx: AccountContext, accept: AcceptStreamed): Promise<void> {
  const subscription = keyOf(ctx.account)
  if (subscription === null) return
  while (!ctx.signal.aborted) {
    const began = ctx.clock.monotonic()
    const messages = await pull(ctx, subscription)
    if (messages.length > 0) await hand(ctx, subscription, messages, accept)
    else await pause(ctx.clock, began + EMPTY_MS - ctx.clock.monotonic(), ctx.signal)
  }
}

const pullSchema = z.object({
  receivedMessages: z
    .array(
      z.object({
        ackId: z.string().min(1),
        message: z.looseObject({ messageId: z.string().default(''), publishTime: z.string().default('') }),
      }),
    )
    .default([]),
})

type Received = z.infer<typeof pullSchema>['receivedMessages'][number]

async function pull(ctx: AccountContext, subscription: string): Promise<readonly Received[]> {
  const { receivedMessages } = await askPubSub(
    ctx,
    {
      operation: 'subscriptions.pull',
      method: 'POST',
      path: `${subscription}:pull`,
      body: { maxMessages: MAX_MESSAGES },
      deadlineMs: PULL_DEADLINE_MS,
    },
    pullSchema,
  )
  return receivedMessages
}

/** Acknowledges once it is durable; what is not is given out again a little later. */
async function hand(
  ctx: AccountContext,
  subscription: string,
  messages: readonly Received[],
  accept: AcceptStreamed,
): Promise<void> {
  const read = messages.map(({ message }) => readOne(message, subscription))
  const items = read.filter(one => 'target' in one)
  const refused = read.filter(one => 'reason' in one)
  const ackIds = messages.map(({ ackId }) => ackId)
  try {
    await accept(items, refused)
  } catch (error) {
    await giveBack(ctx, subscription, ackIds)
    throw error
  }
  const path = `${subscription}:acknowledge`
  await askPubSub(ctx, { operation: 'subscriptions.acknowledge', method: 'POST', path, body: { ackIds } }, z.unknown())
}

/** Were it not to succeed, the deadline would do the same. */
async function giveBack(ctx: AccountContext, subscription: string, ackIds: readonly string[]): Promise<void> {
  const body = { ackIds, ackDeadlineSeconds: RETRY_AFTER_S }
  const path = `${subscription}:modifyAckDeadline`
  const request = { operation: 'subscriptions.modifyAckDeadline', method: 'POST', path, body } as const
  await askPubSub(ctx, request, z.unknown()).catch((error: unknown) => {
    ctx.log.debug('messages could not be given back', { code: toEcError(error).code })
  })
}

const HEADERS = { 'content-type': 'application/json' } as const

/** The same envelope that a push has, so that what is stored reads the same whichever way it came. */
function readOne(message: Received['message'], subscription: string): StreamedItem | RefusedItem {
  const body = Buffer.from(JSON.stringify({ message, subscription }))
  const read = readMessage(body, HEADERS)
  if (!read.ok) return { reason: 'EC_NOTIFICATION_MALFORMED', detail: cleanLine(read.detail, 200), body }
  const { email, historyId, messageId } = read.message
  const key = messageId || `${email.toLowerCase()}:${historyId}`
  return { key, kind: 'history', target: email, headers: HEADERS, body }
}
