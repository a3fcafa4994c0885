import type { RawRequest } from '../../core/notification.ts'
import { isRecord, peekString } from '../../core/peek.ts'
import type { Resource } from '../../core/resource.ts'
import { isSharedSecret } from '../../core/shared-secret.ts'
import type { ParsedNotification, ParseResult, RefusedItem, Verdict } from '../provider.ts'
import { batchOf, keyOf, readBatch } from './batch.ts'

/**
 * The proof of a basic notification is the clientState in each item: one request may carry items of several
 * subscriptions. It is authentic when one of them is; the others fall to `parse`.
 */
export function verify(request: RawRequest, secrets: readonly string[], resource: Resource): Verdict {
  const batch = readBatch(request.body)
  if (!batch.ok) return { ok: false, code: 'EC_SIGNATURE_MISSING', detail: `${batch.detail}, so it has no clientState` }
  const verdicts = batch.items.map(item => judge(item, secrets, resource))
  const [first = VALID] = verdicts
  return first.ok || verdicts.some(verdict => verdict.ok) ? VALID : { ...first, body: batchOf(batch.items) }
}

const VALID: Verdict = { ok: true }

/** Each authentic item is a notification of its own; each other one goes to quarantine by itself. */
export function parse(request: RawRequest, resource: Resource, secrets: readonly string[]): ParseResult {
  const batch = readBatch(request.body)
  if (!batch.ok) return batch
  const items: ParsedNotification[] = []
  const refused: RefusedItem[] = []
  for (const item of batch.items) {
    const verdict = judge(item, secrets, resource)
    const kind = kindOf(item)
    const body = batchOf([item])
    if (!verdict.ok) refused.push({ reason: verdict.code, detail: verdict.detail, body })
    else if (kind === null || !isRecord(item))
      refused.push({ reason: 'EC_NOTIFICATION_MALFORMED', detail: NO_KIND, body })
    else items.push({ key: keyOf(item), kind, body })
  }
  return { ok: true, items, refused }
}

const NO_KIND = 'the notification has neither a changeType nor a lifecycleEvent that is a word'
const KIND = /^[A-Za-z]{1,64}$/

function kindOf(item: unknown): string | null {
  const kind = peekString(item, 'lifecycleEvent') || peekString(item, 'changeType')
  return KIND.test(kind) ? kind : null
}

function judge(item: unknown, secrets: readonly string[], resource: Resource): Verdict {
  const clientState = peekString(item, 'clientState')
  if (clientState === '') {
    return { ok: false, code: 'EC_SIGNATURE_MISSING', detail: NO_CLIENT_STATE }
  }
  if (!isSharedSecret(clientState, secrets)) {
    const length = `${clientState.length} characters`
    return invalid(`the clientState of the notification, ${length}, is none that this resource knows`)
  }
  const wanted = resource.settings['subscription_id'] ?? ''
  if (wanted === '' || wanted.toLowerCase() === peekString(item, 'subscriptionId').toLowerCase()) return VALID
  return invalid('the notification is of another subscription than the setting "subscription_id" names')
}

const NO_CLIENT_STATE =
  'the notification has no clientState: make the subscription with the secret of this resource as its `clientState`'

function invalid(detail: string): Verdict {
  return { ok: false, code: 'EC_SIGNATURE_INVALID', detail }
}
