import { describe, expect, it } from 'vitest'
import { openAgent, type TestAgent } from '../support/agent.js'

const QUESTION = {
  user_id: 'ann',
  type: 'action.required',
  title: 'Deploy?',
  body: 'v2',
  data: { action_id: 'act-7', options: ['yes', { id: 'no', label: 'No', input: true }] },
}

/** Everybody who may ask or answer, with the doors of a real agent. */
async function openHouse() {
  const agent = await openAgent()
  const key = async (name: string) => (await agent.client.keys.create({ name, scope: ['emit', 'read'] })).key
  const ann = (await agent.client.tokens.create('ann')).token
  const bob = (await agent.client.tokens.create('bob')).token
  return { agent, ann, bob, service: await key('deploys'), other: await key('other') }
}

// oxlint-disable-next-line typescript/no-explicit-any
type Answer = any

async function call(
  agent: TestAgent,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
) {
  const response = await fetch(agent.url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  })
  const answer: Answer = await response.json()
  return { status: response.status, body: answer }
}

describe('questions over HTTP', () => {
  it('are asked, awaited, answered once, and told alike to everybody after that', async () => {
    const { agent, ann, service } = await openHouse()
    const asked = await call(agent, service, 'POST', '/api/events', QUESTION)
    expect(asked.status).toBe(202)
    const shown = await call(agent, ann, 'GET', '/api/questions/act-7')
    expect(shown).toMatchObject({
      status: 200,
      body: {
        id: 'act-7',
        user: 'ann',
        event: asked.body.id,
        state: 'open',
        title: 'Deploy?',
        options: [
          { id: 'yes', label: 'yes' },
          { id: 'no', label: 'No', input: { label: null, required: false, max: 2000 } },
        ],
        default_option: null,
        answer: null,
      },
    })
    const waiting = call(agent, service, 'GET', '/api/questions/act-7?wait=60')
    const answered = await call(agent, ann, 'POST', '/api/questions/act-7/answer', { option: 'no', input: 'too early' })
    const answer = { option: 'no', input: 'too early', by: 'user', at: expect.any(String) }
    expect(answered).toMatchObject({ status: 200, body: { state: 'answered', answer } })
    expect(await waiting).toEqual({ status: 200, body: answered.body })
    const again = await call(agent, ann, 'POST', '/api/questions/act-7/answer', { option: 'no', input: 'too early' })
    expect(again).toEqual({ status: 200, body: answered.body })
    const late = await call(agent, ann, 'POST', '/api/questions/act-7/answer', { option: 'yes' })
    expect(late).toMatchObject({
      status: 409,
      body: { code: 'EC_CONFLICT', state: 'answered', winner: answered.body.answer },
    })
    expect((await call(agent, service, 'DELETE', '/api/questions/act-7')).status).toBe(409)
    expect((await call(agent, ann, 'GET', '/api/questions?state=answered')).body).toEqual({
      questions: [answered.body],
      next: null,
    })
    expect((await call(agent, ann, 'GET', '/api/questions?state=open')).body.questions).toEqual([])
  })

  it('have one winner of fifty', async () => {
    const { agent, ann } = await openHouse()
    const options = Array.from({ length: 20 }, (_, i) => `option ${i}`)
    await agent.client.emit({ ...QUESTION, data: { options }, id: 'many' })
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        call(agent, ann, 'POST', '/api/questions/many/answer', { option: options[i % options.length] }),
      ),
    )
    const { answer } = (await call(agent, ann, 'GET', '/api/questions/many')).body
    for (const [i, { status, body }] of answers.entries()) {
      const mine = options[i % options.length] === answer.option
      expect(status).toBe(mine ? 200 : 409)
      expect(mine ? body.answer : body.winner).toEqual(answer)
    }
  })

  it('end at the deadline: by the default answer, or as expired', async () => {
    const { agent, ann } = await openHouse()
    const expires_at = new Date(Date.now() + 300).toISOString()
    const base = { ...QUESTION, expires_at }
    await agent.client.emit({ ...base, id: 'with', data: { options: ['yes', 'no'], default_option: 'no' } })
    await agent.client.emit({ ...base, id: 'without', data: { options: ['yes', 'no'] } })
    const [defaulted, expired] = await Promise.all([
      call(agent, ann, 'GET', '/api/questions/with?wait=60'),
      call(agent, ann, 'GET', '/api/questions/without?wait=60'),
    ])
    expect(defaulted.body).toMatchObject({ state: 'answered', answer: { option: 'no', by: 'default' }, expires_at })
    expect(expired.body).toMatchObject({ state: 'expired', answer: null, ended_at: expect.any(String) })
    expect(await call(agent, ann, 'POST', '/api/questions/without/answer', { option: 'yes' })).toMatchObject({
      status: 410,
      body: { code: 'EC_QUESTION_CLOSED', state: 'expired' },
    })
    expect(await call(agent, ann, 'POST', '/api/questions/with/answer', { option: 'yes' })).toMatchObject({
      status: 409,
      body: { winner: { option: 'no', by: 'default' } },
    })
  })

  it('are withdrawn by whoever asked, through either door, and wake whoever waits', async () => {
    const { agent, ann, service, other } = await openHouse()
    await call(agent, service, 'POST', '/api/events', { ...QUESTION, id: 'evt-a', data: { options: ['yes'] } })
    await call(agent, service, 'POST', '/api/events', { ...QUESTION, id: 'evt-b', data: { options: ['yes'] } })
    const waiting = [
      call(agent, ann, 'GET', '/api/questions/evt-a?wait=60'),
      call(agent, ann, 'GET', '/api/questions/evt-b?wait=60'),
    ]
    expect((await call(agent, other, 'DELETE', '/api/questions/evt-a')).status).toBe(404)
    expect((await call(agent, ann, 'DELETE', '/api/questions/evt-a')).status).toBe(403)
    expect((await call(agent, service, 'DELETE', '/api/questions/evt-a')).body).toMatchObject({ state: 'cancelled' })
    expect((await call(agent, service, 'DELETE', '/api/questions/evt-a')).status).toBe(200)
    expect((await call(agent, service, 'DELETE', '/api/events/evt-b')).status).toBe(200)
    for (const { body } of await Promise.all(waiting)) expect(body).toMatchObject({ state: 'cancelled' })
    expect((await call(agent, ann, 'GET', '/api/events/evt-a')).body.state).toBe('retracted')
    expect(await call(agent, ann, 'POST', '/api/questions/evt-a/answer', { option: 'yes' })).toMatchObject({
      status: 410,
      body: { code: 'EC_QUESTION_CLOSED', state: 'cancelled' },
    })
  })

  it('are nobody else’s business, and answered by people alone', async () => {
    const { agent, ann, bob, service, other } = await openHouse()
    await call(agent, service, 'POST', '/api/events', QUESTION)
    const statusOf = async (token: string, method: string, path: string, body?: unknown) =>
      (await call(agent, token, method, `/api/questions${path}`, body)).status
    for (const token of [bob, other]) {
      expect(await statusOf(token, 'GET', '/act-7')).toBe(404)
      expect(await statusOf(token, 'GET', '/act-7?wait=1')).toBe(404)
      expect((await call(agent, token, 'GET', '/api/questions')).body.questions).toEqual([])
    }
    expect(await statusOf(bob, 'POST', '/act-7/answer', { option: 'yes' })).toBe(404)
    expect(await statusOf(bob, 'POST', '/act-7/answer?user=ann', { option: 'yes' })).toBe(404)
    expect(await statusOf(bob, 'GET', '?user=ann')).toBe(403)
    expect(await statusOf(service, 'POST', '/act-7/answer', { option: 'yes' })).toBe(403)
    expect(await statusOf(ann, 'POST', '/act-7/answer', { option: 'maybe' })).toBe(422)
    expect(await statusOf(ann, 'POST', '/act-7/answer', { option: 'yes', input: 'text' })).toBe(422)
    expect(await statusOf(ann, 'POST', '/act-7/answer', {})).toBe(422)
    expect(await statusOf(ann, 'POST', '/act-8/answer', { option: 'yes' })).toBe(404)
    expect(await statusOf(ann, 'GET', '/act-7?wait=61')).toBe(400)
    await call(agent, service, 'POST', '/api/events', { ...QUESTION, user_id: 'bob' })
    expect((await call(agent, service, 'GET', '/api/questions/act-7')).body).toMatchObject({ code: 'EC_AMBIGUOUS' })
    expect(await statusOf(service, 'GET', '/act-7?user=bob')).toBe(200)
    expect(await statusOf(ann, 'GET', '/act-7')).toBe(200)
    const twice = await call(agent, service, 'POST', '/api/events', QUESTION)
    expect(twice).toMatchObject({ status: 409, body: { code: 'EC_CONFLICT' } })
  })

  it('let go of those who wait when the agent stops, and are open again after the start', async () => {
    const { agent, ann } = await openHouse()
    await agent.client.emit({ ...QUESTION, expires_at: new Date(Date.now() + 3_600_000).toISOString() })
    const leaving = new AbortController()
    const gone = call(agent, ann, 'GET', '/api/questions/act-7?wait=60', undefined, leaving.signal)
    leaving.abort()
    await expect(gone).rejects.toThrow()
    const waiting = call(agent, ann, 'GET', '/api/questions/act-7?wait=60')
    // One that is answered is there: so is the other, which was sent before on the same machine.
    await call(agent, ann, 'GET', '/api/questions/act-7')
    await agent.stop()
    expect((await waiting).body).toMatchObject({ state: 'open' })
    const again = await openAgent({}, null, agent.home)
    expect((await call(again, ann, 'GET', '/api/questions/act-7')).body).toMatchObject({ state: 'open' })
    const answered = await call(again, ann, 'POST', '/api/questions/act-7/answer', { option: 'yes' })
    expect(answered.body.answer).toMatchObject({ option: 'yes', by: 'user' })
  })
})
