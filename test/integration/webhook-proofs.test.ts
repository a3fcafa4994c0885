import { signWebhookPayload } from '@notionhq/client'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fixtureRequest, type Fixture } from '#ec/core/fixture.js'
import { loadProvider } from '#ec/providers/index.js'
import { ask, call, type Door } from '../durability/operator.ts'
import { makeHome, runCli, startAgentProcess } from '../support/cli.ts'
import { readFixtures } from '../support/fixture-files.js'
import { aResource } from '../support/webhook.js'

const TOKEN = 'secret_a0token0that0notion0sends0once00'
const CLIENT_STATE = 'a-clientState-that-nobody-may-read'

async function startAgent() {
  const home = makeHome()
  const agent = await startAgentProcess(home)
  const door: Door = { socket: agent.ready.socket }
  const add = async (provider: string, rest: object = {}) => {
    const made = await ask(door, 'POST', '/api/resources', { provider, user: 'ana', ...rest })
    return { id: String(made['id']), path: `/webhooks/${provider}/${String(made['id'])}`, made }
  }
  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(`${agent.ready.url}${path}`, { method: 'POST', headers, body: Buffer.from(body) })
  const refusals = async (resource: string) =>
    Object(await ask(door, 'GET', `/api/notifications?resource=${resource}&state=quarantined`)).notifications
  return { home, agent, door, add, post, refusals }
}

/** Everything that the agent has written, as one string of bytes. */
function readAll(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n')
}

async function handshake(token: string) {
  const body = JSON.stringify({ verification_token: token })
  return { body, headers: { 'x-notion-signature': await signWebhookPayload({ body, verificationToken: token }) } }
}

const item = (key: string, clientState: string) => ({
  id: key,
  subscriptionId: 's1',
  clientState,
  changeType: 'created',
  resource: `me/events/${key}`,
  resourceData: { id: key },
})

describe.each(['microsoft', 'notion', 'website'])('the fixtures of %s', id => {
  it('are answered by a real agent, today, as they say', async () => {
    const { add, post } = await startAgent()
    const { sign } = await loadProvider(id)
    const found: [string, number][] = []
    const expected: [string, number][] = []
    for (const { name, fixture } of readFixtures(id)) {
      const { set: settings } = fixture.resource
      const { id: resource } = await add(id, { settings, ...(fixture.secret ? { secret: fixture.secret } : {}) })
      const request = await toSend(fixture, resource)
      const answer = await post(request.url, request.body, { ...request.headers })
      found.push([name, answer.status])
      expected.push([name, fixture.expect.status])
    }
    expect(found).toEqual(expected)

    async function toSend(fixture: Fixture, resource: string) {
      const request = fixtureRequest(fixture, resource)
      if (fixture.sign === 'recorded') return request
      const given = fixture.resource.set['secrets']?.split(',') ?? []
      const secrets = [...(fixture.secret ? [fixture.secret] : []), ...given]
      const signed = await sign?.(request, secrets, aResource(id), Date.now())
      return { ...request, body: signed?.body ?? request.body, headers: { ...request.headers, ...signed?.headers } }
    }
  })
})

describe("Notion's handshake", () => {
  it('gives the resource its secret, which the person reads once it is there, and which lies sealed', async () => {
    const { home, agent, add, post, refusals } = await startAgent()
    const added = await runCli(home, ['resources', 'add', 'notion', '--user', 'ana'])
    expect(added.stderr).toMatch(/next: paste the webhook_url into Notion .*`ec resources show \S+ --secret` prints\n$/)
    const { id, path } = await add('notion')
    const early = await runCli(home, ['resources', 'show', id, '--secret'])
    expect(early).toMatchObject({ code: 6, stdout: '' })
    expect(early.stderr).toContain('has not sent its token yet')

    const { body, headers } = await handshake(TOKEN)
    const first = await post(path, body, headers)
    expect([first.status, await first.text()]).toEqual([200, ''])
    expect(await runCli(home, ['resources', 'show', id, '--secret'])).toMatchObject({ code: 0, stdout: `${TOKEN}\n` })

    const event = JSON.stringify({ id: 'e1', type: 'page.created', entity: { id: 'p1', type: 'page' } })
    const signature = await signWebhookPayload({ body: event, verificationToken: TOKEN })
    for (const _ of [1, 2]) expect((await post(path, event, { 'x-notion-signature': signature })).status).toBe(200)

    expect((await post(path, body, headers)).status).toBe(401)
    expect(await refusals(id)).toMatchObject([
      { reason: 'EC_HANDSHAKE_REFUSED', detail: expect.stringMatching(/once$/) },
    ])
    expect(await agent.stop()).toBe(0)
    expect(readAll(home.dir)).not.toContain(TOKEN)
    expect(agent.errors.join('\n')).not.toContain(TOKEN)
  })

  it('is believed of one alone, when several come at once', async () => {
    const { home, add, post, door, refusals } = await startAgent()
    const { id, path } = await add('notion')
    const tokens = Array.from({ length: 8 }, (_, i) => `secret_of_the_sender_number_${i}`)
    const answers = await Promise.all(
      tokens.map(async token => {
        const { body, headers } = await handshake(token)
        return (await post(path, body, headers)).status
      }),
    )
    expect(answers.toSorted()).toEqual([200, ...Array.from({ length: 7 }, () => 401)])
    const { secret } = await ask(door, 'GET', `/api/resources/${id}/secret`)
    expect(secret).toBe(tokens[answers.indexOf(200)])
    for (const row of await refusals(id)) {
      expect(row.reason).toBe('EC_HANDSHAKE_REFUSED')
      expect((await ask(door, 'GET', `/api/notifications/${row.id}`))['body'] ?? '').toBe('')
    }
    expect(readAll(home.dir)).not.toContain('secret_of_the_sender')
  })
})

describe("Microsoft's notifications", () => {
  it('answers the handshake on both paths of a known resource, as text', async () => {
    const { add, post } = await startAgent()
    const { path } = await add('microsoft')
    for (const below of ['', '/lifecycle']) {
      const answer = await post(`${path}${below}?validationToken=%3Cb%3Ea+b%3C%2Fb%3E`, '')
      expect([answer.status, await answer.text()]).toEqual([200, '<b>a b</b>'])
      expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
    expect((await post(`${path}/other?validationToken=x`, '')).status).toBe(404)
    const nobody = path.replace(/.{4}$/, 'ffff')
    const unknown = await post(`${nobody}?validationToken=%3Cb%3E`, '')
    expect(unknown.status).toBe(404)
    expect(await unknown.text()).not.toContain('<b>')
  })

  it('takes of a batch what is authentic, once, and keeps the clientState sealed', async () => {
    const { home, agent, door, add, post, refusals } = await startAgent()
    const { id, path } = await add('microsoft', { settings: { client_state: CLIENT_STATE } })
    const value = [item('n1', CLIENT_STATE), item('n2', 'guessed'), item('n1', CLIENT_STATE), item('n3', CLIENT_STATE)]
    for (const _ of [1, 2]) expect((await post(path, JSON.stringify({ value }))).status).toBe(202)
    const { notifications } = Object(await ask(door, 'GET', `/api/notifications?resource=${id}`))
    const keys = notifications.map((row: Record<string, unknown>) => row['key']).filter(Boolean)
    expect(keys).toEqual(['n1', 'n3'])
    for (const { id: row } of notifications) {
      const { body } = await ask(door, 'GET', `/api/notifications/${row}`)
      expect(body).toContain('"subscriptionId":"s1"')
      expect(body).not.toContain('clientState')
    }
    expect(await refusals(id)).toMatchObject([{ reason: 'EC_SIGNATURE_INVALID' }, { reason: 'EC_SIGNATURE_INVALID' }])
    expect((await post(path, JSON.stringify({ value: [value[1]] }))).status).toBe(401)
    expect((await call(door, 'GET', `/api/resources/${id}/secret`)).status).toBe(403)
    expect(await agent.stop()).toBe(0)
    expect(readAll(home.dir)).not.toContain(CLIENT_STATE)
    expect(agent.errors.join('\n')).not.toContain(CLIENT_STATE)
  })
})
