import { createHash } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { isIP } from 'node:net'
import { isErrno } from '../../../core/errno.ts'
import { toEcError } from '../../../core/errors.ts'
import { joinSignals } from '../../../core/join-signals.ts'
import type { WebhookOutlet } from '../../../core/outlet.ts'
import { isPublicAddress } from '../../../core/public-address.ts'
import { webhookHeaders } from '../../../core/standard-webhook.ts'
import type { Dispatcher, Outcome } from '../dispatcher.ts'
import { ADDRESS_REFUSED, type Resolve } from '../guard/guarded-lookup.ts'
import { createOutletDispatcher } from '../outlets/outlet-dispatcher.ts'
import type { Shipment } from '../outlets/shipment.ts'
import { createSwitches } from '../outlets/switches.ts'
import type { DispatchWorld } from '../outlets/world.ts'
import { openNetworks } from './open-networks.ts'
import { outcomeOfStatus } from './outcome-of-status.ts'
import { readKeys } from './read-keys.ts'

export interface WebhookOptions extends DispatchWorld {
  /** Tests have names of their own. */
  readonly resolve?: Resolve
  readonly deadlineMs?: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Ten tries within three days, as Standard Webhooks recommends. */
const RETRY_WAITS_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const
/** For one try, from its start to the end of what is read of the answer. */
const DEADLINE_MS = 15_000
/** Read so that the connection can be used again; of a longer answer nothing is wanted. */
const MAX_ANSWER_BYTES = 16 * 1024

/** Events sent to webhooks of the operator's, signed (https://www.standardwebhooks.com). */
export function createWebhookDispatcher(options: WebhookOptions): Dispatcher {
  const { channels, store, clock, log, env, resolve, deadlineMs = DEADLINE_MS } = options
  const switches = createSwitches(store, 'webhook')
  const closing = new AbortController()
  // Every send listens to it.
  setMaxListeners(0, closing.signal)
  // Ours comes first, and holds for the answer too.
  const networks = openNetworks(options, 2 * deadlineMs, resolve)

  async function send(outlet: WebhookOutlet, shipment: Shipment, signal: AbortSignal): Promise<Outcome> {
    const url = new URL(outlet.url)
    const refusal = findRefusal(outlet, url)
    if (refusal !== null) return { type: 'rejected', reason: refusal }
    const keys = await readKeys(outlet, env)
    const outcome = await post(outlet, url, keys, shipment, signal)
    if (outcome.type !== 'gone') return outcome
    await switches.set(outlet.name, false)
    log.warn('a webhook wants no more events and was switched off', { outlet: outlet.name })
    return outcome
  }

  async function post(
    outlet: WebhookOutlet,
    url: URL,
    keys: readonly Uint8Array[],
    shipment: Shipment,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const joined = joinSignals([signal, closing.signal], deadlineMs)
    const label = { provider: 'webhook', account: outlet.name, operation: 'event.send', cause: 'write' } as const
    const body = bodyOf(shipment)
    const signed = webhookHeaders(keys, { id: messageId(outlet, shipment), now: clock.now(), body })
    try {
      const response = await networks.door(outlet.allow_private).fetchFor(label)(url.href, {
        method: 'POST',
        headers: { ...outlet.headers, 'content-type': 'application/json', ...signed },
        body,
        redirect: 'manual',
        signal: joined.signal,
      })
      await drain(response)
      return outcomeOfStatus({ status: response.status, retryAfter: response.headers.get('retry-after') }, clock.now())
    } catch (thrown) {
      return { type: 'retry', afterMs: null, reason: whyFailed(thrown, joined.signal) }
    } finally {
      joined.release()
    }
  }

  return createOutletDispatcher({
    channel: 'webhook',
    outlets: channels.webhook,
    switches,
    retryWaitsMs: RETRY_WAITS_MS,
    send,
    findTrouble: outlet =>
      readKeys(outlet, env).then(
        () => findRefusal(outlet, new URL(outlet.url)),
        (thrown: unknown) => toEcError(thrown).message,
      ),
    async close() {
      closing.abort()
      await networks.close()
    },
  })
}

/** The configuration has been judged so already; what leads a request astray is judged where it leaves, too. */
function findRefusal({ allow_http, allow_private }: WebhookOutlet, url: URL): string | null {
  if (url.protocol !== 'https:' && !(allow_http && url.protocol === 'http:')) return 'its URL is not https'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !allow_private && !isPublicAddress(host)) return NOT_PUBLIC
  return null
}

function bodyOf({ event, json }: Shipment): string {
  const { type, created_at: timestamp } = event
  return `{"type":${JSON.stringify(type)},"timestamp":${JSON.stringify(timestamp)},"data":${json}}`
}

/** One for each event and webhook, whichever try it is. Made of a hash, since ids that callers choose may hold full stops. */
function messageId({ name }: WebhookOutlet, { event }: Shipment): string {
  const hash = createHash('sha256').update([name, event.user_id, event.id].join('\0'))
  return `msg_${hash.digest('base64url').slice(0, 32)}`
}

async function drain(response: Response): Promise<void> {
  if (response.body === null) return
  let bytes = 0
  try {
    // Leaving the loop cancels the rest.
    for await (const chunk of response.body) {
      bytes += chunk.byteLength
      if (bytes > MAX_ANSWER_BYTES) break
    }
  } catch {
    // The status has come, and it alone counts.
  }
}

const NOT_PUBLIC = 'its URL leads to an address that is not public (allow_private: true takes that)'

function whyFailed(thrown: unknown, signal: AbortSignal): string {
  if (signal.aborted) {
    const late = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError'
    return late ? 'it did not answer in time' : 'the agent was stopping'
  }
  // `fetch` wraps what the socket said once or twice.
  for (let at = thrown; at instanceof Error; at = at.cause) {
    if (isErrno(at, ADDRESS_REFUSED)) return NOT_PUBLIC
    if (isErrno(at, 'ENOTFOUND')) return 'there is no host of this name'
    // https://fetch.spec.whatwg.org/#port-blocking
    if (at.message === 'bad port') return 'its port is one that no HTTP client goes to'
    if (isErrno(at, 'ECONNREFUSED')) return 'it takes no connections'
    if (isErrno(at, 'UND_ERR_SOCKET') || isErrno(at, 'ECONNRESET')) return 'it cut the connection'
  }
  return 'no connection to it'
}
