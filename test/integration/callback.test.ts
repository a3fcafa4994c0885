import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createClient } from '#ec/client.js'
import { openAgent } from '../support/agent.js'
import { openStandIn } from '../support/stand-in.js'

/** What a service does that receives callbacks, as https://www.standardwebhooks.com has it. */
function isSigned(secret: string, headers: NodeJS.Dict<string | string[]>, body: string): boolean {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(content).digest('base64')}`
}

/** A service that asks, and what it answers to its callbacks, one after the other; the last again and again. */
async function openService(statuses: readonly number[]) {
  let calls = 0
  const elsewhere: string[] = []
  const receiver = await openStandIn((request, response) => {
    if (request.url !== '/answers') elsewhere.push(request.url)
    const status = statuses[Math.min(calls++, statuses.length - 1)] ?? 200
    response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end()
  })
  const agent = await openAgent()
  const made = await agent.client.keys.create({
    name: 'deploys',
    scope: ['emit', 'read'],
    callback: `${receiver.url}/answers`,
  })
  const service = createClient({ url: agent.url, token: made.key })
  await service.emit({
    id: 'deploy-7',
    user_id: 'ann',
    type: 'action.required',
    title: 'Deploy?',
    body: '',
    data: { options: ['yes', 'no'] },
  })
  service.close()
  async function received(count: number) {
    while (receiver.seen.length < count) await new Promise(resolve => setTimeout(resolve, 5))
    return receiver.seen
  }
  return { agent, secret: made.callback_secret ?? '', received, elsewhere }
}

describe('the service that asked', () => {
  it('is called back with the answer, signed', async () => {
    const { agent, secret, received } = await openService([204])
    const row = await agent.client.questions.answer('deploy-7', { option: 'yes' })
    const [request] = await received(1)
    expect(request).toMatchObject({ method: 'POST', url: '/answers', headers: { 'content-type': 'application/json' } })
    expect(JSON.parse(request?.body ?? '')).toEqual({ type: 'question.answered', timestamp: row.ended_at, data: row })
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(isSigned(secret, request?.headers ?? {}, request?.body ?? '')).toBe(true)
    expect(isSigned(secret, request?.headers ?? {}, `${request?.body} `)).toBe(false)
    expect((await agent.client.jobs.list({ kind: 'question.callback' })).jobs).toHaveLength(1)
  })

  it(
    'is called again under the same id until it takes it, and never follows a redirect',
    { timeout: 60_000 },
    async () => {
      const { agent, secret, received, elsewhere } = await openService([500, 302, 200])
      await agent.client.questions.answer('deploy-7', { option: 'no' })
      const requests = await received(3)
      expect(new Set(requests.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(['question:ann:deploy-7']))
      for (const { headers, body } of requests) expect(isSigned(secret, headers, body)).toBe(true)
      expect(elsewhere).toEqual([])
    },
  )

  it('has no secret without a callback, and another one than its neighbour', async () => {
    const { agent, secret } = await openService([200])
    expect(await agent.client.keys.create({ name: 'plain', scope: ['emit'] })).not.toHaveProperty('callback_secret')
    const other = await agent.client.keys.create({ name: 'other', scope: ['emit'], callback: 'https://b.example/' })
    expect(other.callback_secret).not.toBe(secret)
  })
})
