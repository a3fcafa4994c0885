import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import type { Resolve } from '#ec/agent/dispatch/guard/guarded-lookup.js'
import { createWebhookDispatcher } from '#ec/agent/dispatch/webhook/webhook-dispatcher.js'
import type { WebhookOutlet } from '#ec/core/outlet.js'
import { anItem, closing, createTestWorld, never } from '../../../../support/dispatch-world.js'
import { openStandIn, type SeenRequest } from '../../../../support/stand-in.js'
import { tempDir } from '../../../../support/temp-dir.js'

const ANN = { id: 'it', userId: 'ann', label: 'it' } as const
const makeSecret = () => `whsec_${randomBytes(32).toString('base64')}`

interface Setting {
  readonly answer?: (request: SeenRequest, response: ServerResponse, nth: number) => void
  readonly traits?: Partial<WebhookOutlet>
  readonly resolve?: Resolve
  readonly deadlineMs?: number
}

/** One webhook of the name `it` at a receiver that answers as told. */
async function openWebhook(setting: Setting = {}) {
  const { answer = (_, response) => void response.writeHead(204).end(), traits, resolve, deadlineMs } = setting
  const secret = makeSecret()
  const world = createTestWorld({ HOOK_SECRET: secret })
  const receiver = await openStandIn(answer)
  const allow = { allow_http: true, allow_private: true } as const
  world.channels.webhook.push({
    name: 'it',
    url: `${receiver.url}/hook`,
    secret_env: 'HOOK_SECRET',
    ...allow,
    ...traits,
  })
  const dispatcher = closing(
    createWebhookDispatcher({
      ...world,
      ...(resolve === undefined ? {} : { resolve }),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    }),
  )
  const send = (item = anItem('ann'), signal = never(), attempt = 1) => dispatcher.deliver(item, ANN, signal, attempt)
  return { world, receiver, dispatcher, send, secret }
}

function signedHeaders({ headers }: SeenRequest): Record<string, string> {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
  return Object.fromEntries(names.map(name => [name, String(headers[name])]))
}

const answering =
  (status: number, headers: Record<string, string> = {}) =>
  (_: SeenRequest, response: ServerResponse) =>
    void response.writeHead(status, headers).end()

describe('a webhook', () => {
  it('gets the event as Standard Webhooks recommends, signed so that its library believes it', async () => {
    const { send, receiver, secret } = await openWebhook()
    const item = anItem('ann', { type: 'deploy.done', title: 'Grüße' })
    expect(await send(item)).toEqual({ type: 'delivered' })
    const [request] = receiver.seen
    if (request === undefined) throw new Error('nothing came')
    expect(request).toMatchObject({ method: 'POST', url: '/hook', headers: { 'content-type': 'application/json' } })
    const event: { readonly created_at: string } = JSON.parse(item.json)
    expect(new Webhook(secret).verify(request.body, signedHeaders(request))).toEqual({
      type: 'deploy.done',
      timestamp: event.created_at,
      data: event,
    })
    expect(() => new Webhook(makeSecret()).verify(request.body, signedHeaders(request))).toThrow(/signature/i)
    expect(() => new Webhook(secret).verify(`${request.body} `, signedHeaders(request))).toThrow(/signature/i)
  })

  it('gets one id for each event, whichever try it is, and another than its neighbour', async () => {
    const { send, receiver } = await openWebhook({ answer: answering(500) })
    const [one, other] = [anItem('ann', { id: 'a.b' }), anItem('ann')]
    await send(one)
    await send(one, never(), 2)
    await send(other)
    const ids = receiver.seen.map(({ headers }) => String(headers['webhook-id']))
    expect(ids[1]).toBe(ids[0])
    expect(ids[2]).not.toBe(ids[0])
    // A full stop in it would let other content have the same signature.
    for (const id of ids) expect(id).toMatch(/^msg_[A-Za-z0-9_-]{32}$/)
  })

  it('gets the headers that the operator gave it', async () => {
    const { send, receiver } = await openWebhook({ traits: { headers: { authorization: 'Bearer T', 'x-own': '1' } } })
    await send()
    expect(receiver.seen[0]?.headers).toMatchObject({ authorization: 'Bearer T', 'x-own': '1' })
  })

  it('is counted, each try as a call', async () => {
    const { send, world } = await openWebhook({ answer: answering(503) })
    await send()
    await send()
    const call = { provider: 'webhook', account: 'it', operation: 'event.send', cause: 'write', status: 503 }
    expect(world.calls).toMatchObject([call, call])
  })

  it('that answers 410 is switched off until somebody enables it', async () => {
    const { send, dispatcher, receiver, world } = await openWebhook({
      answer: (_, response, nth) => void response.writeHead(nth === 1 ? 410 : 204).end(),
    })
    expect(await send()).toMatchObject({ type: 'gone', reason: 'it answered 410: it wants no more events' })
    expect(world.logged.map(({ message }) => message)).toEqual(['a webhook wants no more events and was switched off'])
    expect(await dispatcher.targets('ann')).toEqual([])
    expect(await send()).toMatchObject({ type: 'gone', reason: 'it is switched off' })
    expect(receiver.seen).toHaveLength(1)
    expect(await dispatcher.outlets?.list()).toMatchObject([{ name: 'it', on: false }])
    expect(await dispatcher.checks()).toMatchObject([{ code: 'channels.webhook', status: 'warn' }])
    expect(await dispatcher.outlets?.switch('it', true)).toBe(true)
    expect(await send()).toEqual({ type: 'delivered' })
  })

  it('that answers 429 or 503 says itself when it is ready again', async () => {
    const { send } = await openWebhook({ answer: answering(429, { 'retry-after': '90' }) })
    expect(await send()).toMatchObject({ type: 'retry', afterMs: 90_000 })
  })

  it('is not followed when it redirects', async () => {
    const elsewhere = await openStandIn(answering(204))
    const { send, receiver } = await openWebhook({ answer: answering(302, { location: `${elsewhere.url}/steal` }) })
    expect(await send()).toMatchObject({ type: 'retry', reason: 'it answered 302; redirects are not followed' })
    expect(receiver.seen).toHaveLength(1)
    expect(elsewhere.seen).toEqual([])
  })

  it('that says nothing is left after the deadline', async () => {
    const { send } = await openWebhook({ answer: () => {}, deadlineMs: 100 })
    expect(await send()).toEqual({ type: 'retry', afterMs: null, reason: 'it did not answer in time' })
  })

  it('that never ends its answer has taken the event all the same', async () => {
    const { send } = await openWebhook({
      answer: (_, response) => void response.writeHead(200).write('and on '),
      deadlineMs: 200,
    })
    expect(await send()).toEqual({ type: 'delivered' })
  })

  it('may answer without end: little of it is read', async () => {
    let written = 0
    const chunk = Buffer.alloc(64 * 1024)
    const { send } = await openWebhook({
      answer(_, response) {
        const more = (): void => {
          while (!response.destroyed) {
            written += chunk.length
            if (!response.write(chunk)) return void response.once('drain', more)
          }
        }
        more()
      },
    })
    expect(await send()).toEqual({ type: 'delivered' })
    expect(written).toBeLessThan(32 * 1024 * 1024)
  })

  it('is left when the channel is closed', async () => {
    const { send, dispatcher, receiver } = await openWebhook({ answer: () => {} })
    const outcome = send()
    while (receiver.seen.length === 0) await new Promise(resolve => setImmediate(resolve))
    await dispatcher.close?.()
    expect(await outcome).toEqual({ type: 'retry', afterMs: null, reason: 'the agent was stopping' })
  })

  it('that cannot be reached says why', async () => {
    const { receiver, send } = await openWebhook()
    receiver.server.close()
    expect(await send()).toEqual({ type: 'retry', afterMs: null, reason: 'it takes no connections' })
    const missing = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })
    const lost = await openWebhook({
      traits: { url: 'https://no-such-host.example/' },
      resolve: (_name, _options, callback) => callback(missing, []),
    })
    expect(await lost.send()).toEqual({ type: 'retry', afterMs: null, reason: 'there is no host of this name' })
    const odd = await openWebhook({ traits: { url: 'http://127.0.0.1:6000/' } })
    expect(await odd.send()).toMatchObject({ type: 'retry', reason: 'its port is one that no HTTP client goes to' })
  })
})

const loopback: Resolve = (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])

describe('a request that would be sent astray', () => {
  const closed = { allow_private: false } as const

  it.each([['http://127.0.0.1/'], ['http://[::1]/'], ['http://169.254.169.254/latest/meta-data'], ['http://0x7f.1/']])(
    'never leaves for an address that is not public: %s',
    async url => {
      const { send, world } = await openWebhook({ traits: { ...closed, url } })
      expect(await send()).toMatchObject({ type: 'rejected', reason: expect.stringContaining('not public') })
      expect(world.calls).toEqual([])
    },
  )

  it('never leaves in the clear', async () => {
    const { send, receiver } = await openWebhook({ traits: { allow_http: false } })
    expect(await send()).toEqual({ type: 'rejected', reason: 'its URL is not https' })
    expect(receiver.seen).toEqual([])
  })

  it('never leaves for a name that leads into a network of our own', async () => {
    const { receiver, send } = await openWebhook({ traits: closed, resolve: loopback })
    const named = await openWebhook({
      traits: { ...closed, url: `http://inner.example:${receiver.port}/` },
      resolve: loopback,
    })
    expect(await named.send()).toMatchObject({ type: 'retry', reason: expect.stringContaining('not public') })
    expect(await send()).toMatchObject({ type: 'rejected' })
    expect(receiver.seen).toEqual([])
  })

  it('is judged at each connection, so that a name that turns private gains nothing', async () => {
    let asked = 0
    const resolve: Resolve = (_name, _options, callback) => {
      asked += 1
      // The first answer is public, in a block that is given to nobody.
      callback(null, [asked === 1 ? { address: '2d00::1', family: 6 } : { address: '127.0.0.1', family: 4 }])
    }
    const receiver = await openStandIn(answering(204))
    const url = `http://rebinding.example:${receiver.port}/`
    const { send } = await openWebhook({ traits: { ...closed, url }, resolve, deadlineMs: 300 })
    expect(await send()).toMatchObject({ type: 'retry' })
    expect(await send()).toMatchObject({ type: 'retry', reason: expect.stringContaining('not public') })
    expect(asked).toBe(2)
    expect(receiver.seen).toEqual([])
  })
})

describe('the secret of a webhook', () => {
  it('stands in a file, and can be replaced while everything goes on', async () => {
    const file = join(tempDir(), 'hook.secret')
    const [old, fresh] = [makeSecret(), makeSecret()]
    writeFileSync(file, `${old}\n`)
    const { send, receiver } = await openWebhook({ traits: { secret_env: undefined, secret_file: file } })
    await send()
    writeFileSync(file, `${fresh}\n${old}\n`)
    await send()
    writeFileSync(file, fresh)
    await send()
    const believes = (secret: string) =>
      receiver.seen.map(request => {
        try {
          return Boolean(new Webhook(secret).verify(request.body, signedHeaders(request)))
        } catch {
          return false
        }
      })
    expect(believes(old)).toEqual([true, true, false])
    expect(believes(fresh)).toEqual([false, true, true])
  })

  it.each([
    ['', 'holds no secret'],
    ['hunter2', 'holds something else than whsec_'],
    [`whsec_${Buffer.alloc(8).toString('base64')}`, 'holds something else than whsec_'],
  ])('is asked for when the file has %j', async (text, reason) => {
    const file = join(tempDir(), 'hook.secret')
    writeFileSync(file, text)
    const { send, dispatcher, receiver } = await openWebhook({ traits: { secret_env: undefined, secret_file: file } })
    expect(await send()).toMatchObject({ type: 'retry', reason: expect.stringContaining(reason) })
    expect(receiver.seen).toEqual([])
    const [check] = await dispatcher.checks()
    expect(check).toMatchObject({ code: 'channels.webhook', status: 'fail', detail: expect.stringContaining(reason) })
    if (text !== '') expect(JSON.stringify([check, await send()])).not.toContain(text)
  })

  it('is asked for when there is no file, or another kind of it', async () => {
    const dir = tempDir()
    for (const secret_file of [join(dir, 'none'), dir]) {
      const { send } = await openWebhook({ traits: { secret_env: undefined, secret_file } })
      expect(await send()).toMatchObject({ type: 'retry', reason: expect.stringContaining('EC_SECRET_MISSING') })
    }
  })
})
