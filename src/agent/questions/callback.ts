import type { Store, StoredQuestion } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { HttpDoor } from '../../core/http.ts'
import { webhookHeaders } from '../../core/standard-webhook.ts'

export interface CallbackOptions {
  readonly store: Pick<Store, 'getQuestions'>
  readonly network: Pick<HttpDoor, 'fetchFor'>
  readonly clock: Clock
  /** What callbacks to the holder of a service key are signed with: `whsec_` and base64. */
  readonly secretOf: (keyId: string) => Promise<string>
  /** The question as the API shows it. */
  readonly render: (question: StoredQuestion) => unknown
}

/** Whom to tell of the end of which question. */
export interface CallbackTarget {
  readonly userId: string
  readonly id: string
  readonly keyId: string
  readonly url: string
}

/**
 * Tells the service that asked how its question has ended, signed as Standard Webhooks says; `webhook-id` stays the same
 * when it is told again. Anything but a 2xx, a redirect too, is `EC_PROVIDER`: to be tried again. Does nothing once the
 * question is gone.
 */
export function createCallback(options: CallbackOptions): (target: CallbackTarget) => Promise<void> {
  const { store, network, clock, secretOf, render } = options

  async function post(target: CallbackTarget, body: string): Promise<number> {
    const id = `question:${target.userId}:${target.id}`
    const key = Buffer.from((await secretOf(target.keyId)).replace(/^whsec_/, ''), 'base64')
    const fetch = network.fetchFor({
      provider: 'callback',
      account: target.keyId,
      operation: 'question.ended',
      cause: 'write',
    })
    try {
      const response = await fetch(target.url, {
        method: 'POST',
        // Whoever could redirect it would get what was answered; the operator named this very address.
        redirect: 'manual',
        headers: { 'content-type': 'application/json', ...webhookHeaders([key], { id, now: clock.now(), body }) },
        body,
      })
      await response.body?.cancel()
      return response.status
    } catch (cause) {
      throw new EcError('EC_PROVIDER', 'the callback URL cannot be reached', { cause })
    }
  }

  return async target => {
    const [question] = await store.getQuestions(target.id, target.userId)
    if (question === undefined || question.endedAt === null) return
    const type = question.answer === null ? 'question.expired' : 'question.answered'
    const timestamp = new Date(question.endedAt).toISOString()
    const status = await post(target, JSON.stringify({ type, timestamp, data: render(question) }))
    if (status < 200 || status > 299) throw new EcError('EC_PROVIDER', `the callback URL answered ${status}`)
  }
}
