import { describe, expect, it } from 'vitest'
import { createClient, EcError, type EcClient } from '#ec/client.js'
import { openAgent } from '../support/agent.js'
import { openStandIn, sendJson } from '../support/stand-in.js'

const ASK = { user_id: 'ann', title: 'Deploy?', options: ['yes', { id: 'no', label: 'No', input: true }] } as const

/** The one open question, once it is there. */
async function openQuestion(client: EcClient): Promise<string> {
  for (;;) {
    const { questions } = await client.questions.list({ state: 'open' })
    const [question] = questions
    if (question !== undefined) return question.id
  }
}

async function failure(promise: Promise<unknown>): Promise<EcError> {
  const thrown: unknown = await promise.catch((error: unknown) => error)
  if (thrown instanceof EcError) return thrown
  throw new Error(`expected an EcError, got ${String(thrown)}`)
}

describe('ask', () => {
  it('resolves with the answer, which the next one cannot change', async () => {
    const { client } = await openAgent()
    const asked = client.ask(ASK)
    const id = await openQuestion(client)
    expect(await client.questions.get(id)).toMatchObject({ title: 'Deploy?', body: '', user: 'ann' })
    const row = await client.questions.answer(id, { option: 'no', input: 'too early' })
    expect(await asked).toEqual({ option: 'no', input: 'too early', by: 'operator' })
    expect(await client.questions.wait(id)).toEqual(row)
    expect(await client.questions.answer(id, { option: 'no', input: 'too early' })).toEqual(row)
    const late = await failure(client.questions.answer(id, { option: 'yes' }))
    expect(late).toMatchObject({ code: 'EC_CONFLICT', details: { winner: row.answer } })
  })

  it('resolves with the default at the deadline, and rejects without one', async () => {
    const { client } = await openAgent()
    const [answer, error] = await Promise.all([
      client.ask({ ...ASK, default_option: 'yes', timeoutMs: 200 }),
      failure(client.ask({ ...ASK, timeoutMs: 200 })),
    ])
    expect(answer).toEqual({ option: 'yes', input: null, by: 'default' })
    expect(error).toMatchObject({ code: 'EC_QUESTION_CLOSED', details: { state: 'expired' } })
  })

  it('rejects when the question is withdrawn, and waits no longer than its signal', async () => {
    const { client } = await openAgent()
    const withdrawn = failure(client.ask({ ...ASK, data: { action_id: 'act-7' } }))
    expect(await openQuestion(client)).toBe('act-7')
    await client.questions.cancel('act-7')
    expect(await withdrawn).toMatchObject({ code: 'EC_QUESTION_CLOSED', details: { state: 'cancelled' } })

    const stop = new AbortController()
    const asked = client.ask(ASK, { signal: stop.signal })
    const id = await openQuestion(client)
    stop.abort()
    await expect(asked).rejects.toThrow('aborted')
    expect(await client.questions.get(id)).toMatchObject({ state: 'open' })
  })

  it('goes on through a restart of the agent, and so does the same question asked again', async () => {
    const agent = await openAgent()
    const lost: string[] = []
    const question = { ...ASK, id: 'deploy-7', expires_at: '2999-01-01T00:00:00Z' }
    const asked = agent.client.ask(question, { onLost: error => lost.push(error.code) })
    const id = await openQuestion(agent.client)
    await agent.stop()
    while (lost.length === 0) await new Promise(resolve => setTimeout(resolve, 10))
    const again = await openAgent({}, null, agent.home)
    const repeated = again.client.ask(question)
    await again.client.questions.answer(id, { option: 'yes' })
    const answer = { option: 'yes', input: null, by: 'operator' }
    expect(await Promise.all([asked, repeated])).toEqual([answer, answer])
    expect(new Set(lost)).toEqual(new Set(['EC_AGENT_UNREACHABLE']))
  })

  it('is refused at once where it breaks the contract', async () => {
    const { client } = await openAgent()
    expect(await failure(client.ask({ ...ASK, options: [] }))).toMatchObject({
      code: 'EC_EVENT_INVALID',
      details: { errors: [{ path: 'data.options' }] },
    })
  })

  it('asks nobody with a key that may not read the answer', async () => {
    const { client, url } = await openAgent()
    const { key } = await client.keys.create({ name: 'mute', scope: ['emit'] })
    const mute = createClient({ url, token: key })
    expect(await failure(mute.ask(ASK))).toMatchObject({ code: 'EC_FORBIDDEN' })
    mute.close()
    expect((await client.questions.list()).questions).toEqual([])
  })

  it('reaches an agent that goes away just as it is asked', async () => {
    let emits = 0
    const agent = await openStandIn((request, response) => {
      if (request.method === 'POST' && ++emits <= 4) return void response.destroy()
      if (request.method === 'POST') return sendJson(response, 202, { id: JSON.parse(request.body).id })
      sendJson(response, 200, { state: 'answered', answer: { option: 'yes', input: null, by: 'user', at: '' } })
    })
    const client = createClient({ url: agent.url })
    expect(await client.ask(ASK)).toEqual({ option: 'yes', input: null, by: 'user' })
    client.close()
    const bodies = agent.seen.filter(({ method }) => method === 'POST').map(({ body }) => body)
    expect(bodies).toHaveLength(5)
    expect(new Set(bodies).size).toBe(1)
  })
})
