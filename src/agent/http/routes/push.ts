import { z } from 'zod'
import type { PushAddress } from '../../../core/device.ts'
import { userIdSchema } from '../../../core/event-schema.ts'
import { RECEIPTS } from '../../../core/receipt.ts'
import { noQuery, pageQuery } from '../input.ts'
import { deviceView, renderDevice } from '../render/device.ts'
import { pageOf } from '../render/page.ts'
import { defineRoute, type RawCall, type Route } from '../route.ts'
import { callerOf, paramOf, subjectOf } from './call.ts'

const trait = z.string().min(1).max(100).nullable().default(null)
/** A device, its secret and an event are short; nobody has shown yet who he is. */
const OWN_BODY_BYTES = 4_096
/** As `PushSubscription.toJSON()` gives it. */
const subscriptionBody = z.object({
  endpoint: z.string().min(1),
  keys: z.object({ p256dh: z.string().min(1), auth: z.string().min(1) }),
})
const keyIdBody = z.string().min(1).nullable().default(null)
const keyView = z.strictObject({ key_id: z.string(), public_key: z.string() })

/** What a browser shows who has no token. */
const proof = { device: z.string().min(1), secret: z.string().min(1) }

export const pushRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/api/push/key',
    summary:
      'The key that browsers subscribe with: public, and a worker that renews its subscription has nothing to show',
    allow: 'open',
    query: noQuery,
    body: null,
    reply: { status: 200, schema: keyView },
    async handle(call) {
      const { id, publicKey } = await call.api.push.key()
      return { body: { key_id: id, public_key: publicKey } }
    },
  }),
  defineRoute({
    method: 'PUT',
    path: '/api/push/key',
    summary: 'Make the key for Web Push, set its subject, or with `rotate` make a new one beside the old',
    allow: ['operator'],
    query: noQuery,
    body: z.strictObject({ subject: z.string().min(1), rotate: z.boolean().default(false) }),
    reply: { status: 200, schema: keyView.extend({ subject: z.string(), made: z.boolean() }) },
    async handle(call) {
      const { id, publicKey, subject, made } = await call.api.push.setUp(call.body.subject, call.body.rotate)
      return { body: { key_id: id, public_key: publicKey, subject, made } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/push/subscribe',
    summary: 'Keep a browser that takes pushes; known by its endpoint, so a page may do it each time it opens',
    allow: ['operator', 'user'],
    query: noQuery,
    body: z.strictObject({
      user: userIdSchema.exactOptional(),
      subscription: subscriptionBody,
      key_id: keyIdBody,
      device: z.string().min(1).nullable().default(null),
      secret: z.string().min(1).nullable().default(null),
      name: trait,
      platform: trait,
      locale: trait,
      tz: trait,
    }),
    reply: { status: 200, schema: z.strictObject({ device: deviceView, secret: z.string() }) },
    async handle(call) {
      const { user, subscription, key_id, device: formerId, secret: formerSecret, ...traits } = call.body
      const former = formerId === null || formerSecret === null ? null : { device: formerId, secret: formerSecret }
      const { device, secret } = await call.api.push.subscribe(subjectOf(call, user), {
        ...traits,
        address: addressOf(subscription),
        keyId: key_id,
        former,
      })
      return { body: { device: renderDevice(device), secret } }
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/push/renew',
    summary: 'A browser subscribed anew by itself: its secret proves that it is the device that it was',
    allow: 'open',
    query: noQuery,
    bodyBytes: OWN_BODY_BYTES,
    body: z.strictObject({
      ...proof,
      subscription: subscriptionBody,
      key_id: keyIdBody,
    }),
    reply: { status: 200, schema: z.strictObject({ device: deviceView }) },
    async handle(call) {
      const { device, secret, subscription, key_id } = call.body
      const renewal = { device, secret, address: addressOf(subscription), keyId: key_id }
      return { body: { device: renderDevice(await call.api.push.renew(renewal)) } }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/push/subscribe',
    summary: 'Forget a browser; its secret proves that it asks itself',
    allow: 'open',
    query: noQuery,
    bodyBytes: OWN_BODY_BYTES,
    body: z.strictObject(proof),
    reply: { status: 204, schema: null },
    async handle(call) {
      await call.api.push.unsubscribe(call.body.device, call.body.secret)
      return {}
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/push/receipt',
    summary: 'A browser says what became of a message there; its secret proves that it is the one. Idempotent',
    allow: 'open',
    query: noQuery,
    bodyBytes: OWN_BODY_BYTES,
    // `navigator.sendBeacon` of a text.
    plainText: true,
    body: z.strictObject({
      ...proof,
      event: z.string().min(1),
      what: z.enum(RECEIPTS, { error: `takes one of ${RECEIPTS.join(', ')}` }),
      at: z.iso
        .datetime({ offset: true, error: 'takes an RFC 3339 instant with an offset' })
        .transform(text => Date.parse(text))
        .nullable()
        .default(null),
    }),
    reply: { status: 204, schema: null },
    async handle(call) {
      await call.api.push.receipt(call.body)
      return {}
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/push/answer',
    summary: 'A button of a notification answers its question; the secret of the browser proves whose it is',
    allow: 'open',
    query: noQuery,
    bodyBytes: OWN_BODY_BYTES,
    body: z.strictObject({
      ...proof,
      question: z.string().min(1),
      option: z.string().min(1),
      input: z.string().nullable().default(null),
    }),
    reply: { status: 204, schema: null },
    async handle(call) {
      await call.api.push.answer(call.body)
      return {}
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/push/devices',
    summary: 'List devices',
    allow: ['operator', 'user'],
    query: pageQuery.extend({ user: userIdSchema.exactOptional() }),
    body: null,
    reply: { status: 200, schema: pageOf('devices', deviceView) },
    async handle(call) {
      const { user, ...page } = call.query
      const all = user === undefined && callerOf(call).kind === 'operator'
      const filter = all ? page : { ...page, userId: subjectOf(call, user) }
      const { rows, next } = await call.api.push.devices(filter)
      return { body: { devices: rows.map(renderDevice), next } }
    },
  }),
  defineRoute({
    method: 'DELETE',
    path: '/api/push/devices/:id',
    summary: 'Remove a device',
    allow: ['operator', 'user'],
    query: noQuery,
    body: null,
    reply: { status: 204, schema: null },
    async handle(call) {
      await call.api.push.remove(paramOf(call, 'id'), ownerOf(call))
      return {}
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/api/push/test',
    summary: 'Send a test to a device now, and say what its push service answered',
    allow: ['operator', 'user'],
    query: noQuery,
    body: z.strictObject({
      device: z.string().min(1),
      nonce: z
        .string()
        .regex(/^[A-Za-z0-9_-]{8,64}$/, 'takes 8 to 64 characters of A-Z a-z 0-9 _ -')
        .nullable()
        .default(null),
    }),
    reply: {
      status: 200,
      schema: z.strictObject({
        device: z.string(),
        event: z.string(),
        outcome: z.enum(['delivered', 'retry', 'gone', 'rejected', 'key_trouble']),
        reason: z.string().nullable(),
      }),
    },
    async handle(call) {
      return { body: await call.api.push.test(call.body.device, ownerOf(call), call.body.nonce) }
    },
  }),
]

function addressOf({ endpoint, keys }: z.infer<typeof subscriptionBody>): PushAddress {
  return { endpoint, p256dh: keys.p256dh, auth: keys.auth }
}

/** Whose a device must be; null = anybody's. */
function ownerOf(call: RawCall): string | null {
  const caller = callerOf(call)
  return caller.kind === 'user' ? caller.userId : null
}
