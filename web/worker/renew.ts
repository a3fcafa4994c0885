import { readRecord, type AgentRecord } from '../shared/agent-record.ts'
import { isObject } from '../shared/is-object.ts'
import { knownRecord } from './mail.ts'
import type { Subscription } from '../shared/push-port.ts'
import type { Ports, Reply } from './ports.ts'
import { within } from './within.ts'

const STORE_MS = 1_000
const SUBSCRIBE_MS = 20_000

/**
 * The browser's subscription changed or ended: subscribes anew with the key of today, and tells the agent, which keeps the
 * device. What cannot be done now is left for the next event, and for the next page. Never rejects.
 */
export async function onSubscriptionChange(ports: Ports, former: string | null): Promise<void> {
  const record = await knownRecord(ports)
  // Another service may push to the same worker.
  if (record === null || (former !== null && former !== record.endpoint)) return
  const unsaid = { ...record, unsaid: true }
  await keep(ports, record, unsaid)
  await sayRenewal(ports, unsaid)
}

/** What `onSubscriptionChange` could not do. Never rejects. */
export async function sayRenewal(ports: Ports, record: AgentRecord | null): Promise<void> {
  if (record?.unsaid !== true) return
  // Browsers refuse to subscribe without a network or the permission, or never answer; a page sets it right.
  await within(ports, SUBSCRIBE_MS, () => renew(ports, record), undefined)
}

async function renew(ports: Ports, record: AgentRecord): Promise<void> {
  const key = readKey(await ports.request('GET', `${record.base}/api/push/key`))
  if (key === null) return
  const subscription = await subscriptionWith(ports, key.publicKey)
  const reply = await say(ports, record, subscription, key.keyId)
  if (reply.status === 409) {
    // The push service ended it already, and the browser does not know.
    await subscription.unsubscribe()
    const another = await ports.push.subscribe(key.publicKey)
    await settle(ports, record, another, key.keyId, await say(ports, record, another, key.keyId))
  } else await settle(ports, record, subscription, key.keyId, reply)
}

async function subscriptionWith(ports: Ports, key: string): Promise<Subscription> {
  const current = await ports.push.current()
  if (current?.hasKey(key) === true) return current
  await current?.unsubscribe()
  return ports.push.subscribe(key)
}

function say(ports: Ports, { base, device, secret }: AgentRecord, subscription: Subscription, keyId: string) {
  const body = { device, secret, subscription: subscription.toJSON(), key_id: keyId }
  return ports.request('POST', `${base}/api/push/renew`, body)
}

async function settle(
  ports: Ports,
  record: AgentRecord,
  { endpoint }: Subscription,
  keyId: string,
  { status }: Reply,
): Promise<void> {
  const { unsaid: _, ...rest } = record
  const said = { ...rest, endpoint, keyId }
  // What the agent will never take is a page's to mend, which is signed in: the worker need not try again.
  if (status >= 200 && status < 500 && status !== 408 && status !== 429) await keep(ports, record, said)
  else await keep(ports, record, { ...said, unsaid: true })
  if (status >= 200 && status < 300) ports.tell({ ec: 'renewed' })
}

/** A page that switched off or took another device meanwhile wins. */
async function keep(ports: Ports, before: AgentRecord, after: AgentRecord): Promise<void> {
  await within(
    ports,
    STORE_MS,
    () => ports.box.change('record', value => (readRecord(value)?.device === before.device ? after : value)),
    undefined,
  )
}

function readKey({ status, body }: Reply): { readonly keyId: string; readonly publicKey: string } | null {
  if (status !== 200 || !isObject(body)) return null
  const { key_id, public_key } = body
  return typeof key_id === 'string' && typeof public_key === 'string' ? { keyId: key_id, publicKey: public_key } : null
}
