import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { openAgent } from '../support/agent.ts'
import { openMailServer, type MailServer } from '../support/mail-server.ts'

async function open(server: MailServer) {
  const agent = await openAgent(
    {
      smtp: { url: server.url, from: 'EventCenter <ec@example.org>' },
      public: { ...DEFAULT_CONFIG.public, port: 0, expose: ['pages'] },
    },
    'https://ec.example.org',
  )
  await agent.client.users.put('ana', { email: 'ana@example.net', lang: 'ru' })
  /** What the last mail links to, on this machine. */
  const links = () =>
    [...(server.received.at(-1)?.parsed.text ?? '').matchAll(/https:\/\/ec\.example\.org(\/[au]\/[\w-]+)/g)].map(
      ([, path = '']) => `${agent.url}${path}`,
    )
  return { ...agent, links }
}

const ASKED = {
  user_id: 'ana',
  type: 'action.required',
  title: 'A или B?',
  body: '',
  channels: ['email'],
  data: { options: ['A', 'B'] },
} as const

describe('an agent with a mail server', () => {
  it('mails a question, takes the answer from its page, and tells whoever waits', async () => {
    const server = await openMailServer()
    const { client, links } = await open(server)
    const { id, plan } = await client.emit(ASKED)
    expect(plan.steps.find(({ channel }) => channel === 'email')).toMatchObject({ action: 'send' })
    await expect.poll(() => server.received.length).toBe(1)
    const [first = '', second = ''] = links()
    expect((await fetch(first)).status).toBe(200)
    const waiting = client.questions.wait(id, {})
    expect((await fetch(second, { method: 'POST', body: new URLSearchParams({ option: '1' }) })).status).toBe(200)
    expect(await waiting).toMatchObject({ state: 'answered', answer: { option: 'B', by: 'user' } })
  })

  it('mails no more of a kind that was unsubscribed from, from the next event on', async () => {
    const server = await openMailServer()
    const { client, links } = await open(server)
    const done = { user_id: 'ana', type: 'job.done', title: 'Готово', body: '', channels: ['ws', 'email'] } as const
    await client.emit(done)
    await expect.poll(() => server.received.length).toBe(1)
    const [stop = ''] = links()
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
    expect((await fetch(stop, { method: 'POST', body })).status).toBe(200)
    const { plan } = await client.emit(done)
    const step = plan.steps.find(({ channel }) => channel === 'email')
    expect(step).toMatchObject({ action: 'suppress', reason: 'preference', about: 'job.done' })
  })

  it('plans no mail to an address that its server does not know, and again once it is lifted', async () => {
    const server = await openMailServer()
    const { client } = await open(server)
    const planned = async () => {
      const { id, plan } = await client.emit({ ...ASKED, data: { options: ['A'] } })
      return { id, step: plan.steps.find(({ channel }) => channel === 'email') }
    }
    server.script({ recipient: '550 5.1.1 no such user' })
    const { step } = await planned()
    expect(step).toMatchObject({ action: 'send' })
    await expect.poll(async () => (await client.email.suppressed()).suppressed.length).toBe(1)
    await expect
      .poll(async () => (await client.events.list({ user: 'me' })).events.map(({ title }) => title))
      .toEqual(['An address takes no mail any more'])
    expect((await planned()).step).toMatchObject({ action: 'suppress', reason: 'unreachable' })
    await client.email.lift('ana@example.net')
    expect((await planned()).step).toMatchObject({ action: 'send' })
    await expect.poll(() => server.received.length).toBe(1)
  })
})
