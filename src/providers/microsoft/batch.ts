import { contentHash } from '../../core/canonical-json.ts'
import { isRecord, peekString, type JsonRecord } from '../../core/peek.ts'
import { decodeBody, parseJsonObject } from '../../core/webhook-body.ts'

export type Batch =
  { readonly ok: true; readonly items: readonly unknown[] } | { readonly ok: false; readonly detail: string }

/** The items of `{"value":[...]}`, of whatever shape each is; there is at least one. Never throws. */
export function readBatch(body: Uint8Array): Batch {
  const text = decodeBody(body)
  if (text === null) return { ok: false, detail: 'the body is not UTF-8' }
  const json = parseJsonObject(text, 'the body')
  if (!json.ok) return json
  const items = json.value['value']
  if (!Array.isArray(items)) return { ok: false, detail: 'the body has no array "value"' }
  return items.length === 0 ? { ok: false, detail: 'the array "value" is empty' } : { ok: true, items }
}

/** A body with these items, without their clientState: that is a secret, and has done its work. */
export function batchOf(items: readonly unknown[]): Uint8Array {
  return Buffer.from(JSON.stringify({ value: items.map(withoutSecret) }))
}

/**
 * Its own id, where Graph gives one; lifecycle notifications have none. Otherwise a hash of all that it says but the
 * clientState, so that a replay under another secret is the same notification.
 */
export function keyOf(item: JsonRecord): string {
  const id = peekString(item, 'id')
  return ID.test(id) ? id : contentHash(withoutSecret(item))
}

const ID = /^[!-~]{1,200}$/

function withoutSecret(item: unknown): unknown {
  if (!isRecord(item)) return item
  const { clientState: _, ...rest } = item
  return rest
}
