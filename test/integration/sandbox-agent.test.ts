import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { describe, expect, it, vi } from 'vitest'
import { createSystemClock } from '#ec/core/clock.js'
import { startSandbox, type Sandbox } from '#ec/sandbox/start-sandbox.js'
import { onTestFinished } from 'vitest'
import { openAgent, type TestAgent } from '../support/agent.js'
import { send, type Parsed } from '../support/sandbox.js'

const SERVICE_ACCOUNT = 'push@ec-demo.iam.gserviceaccount.com'
const TOPIC = 'projects/ec-demo/topics/mail'

/** On the clock of the machine, as who checks tokens goes by it. */
async function openReal(): Promise<Sandbox> {
  const sandbox = await startSandbox({ clock: createSystemClock() })
  onTestFinished(() => sandbox.close())
  return sandbox
}

async function call({ urls, control }: Sandbox, method: string, path: string, body?: unknown): Promise<Parsed> {
  const answer = await send(urls.google + path, method, body, { authorization: `Bearer ${control.token()}` })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}

/** The keys and states of what came for a resource, once there are so many. */
async function settled({ client }: TestAgent, resource: string, count: number) {
  return vi.waitFor(
    async () => {
      const { notifications } = await client.notifications.list({ resource })
      expect(notifications.filter(({ state }) => state !== 'accepted')).toHaveLength(count)
      return notifications.map(({ kind, state }) => [kind, state])
    },
    { interval: 20, timeout: 20_000 },
  )
}

/** How each push was answered, once it was: the agent may have handled one before its answer is read. */
async function pushed({ control }: Sandbox, statuses: number[]): Promise<void> {
  const pushes = () => control.log().filter(({ kind }) => kind === 'push')
  await vi.waitFor(() => expect(pushes().map(({ status }) => status)).toEqual(statuses), {
    interval: 20,
    timeout: 20_000,
  })
}

describe('the agent', () => {
  it("takes the sandbox's pushes of a calendar: the sync is recorded, each change is told, and once", async () => {
    const [sandbox, agent] = [await openReal(), await openAgent()]
    const { id, secret } = await agent.client.resources.add({ provider: 'google-calendar', user: 'ana', name: 'Work' })
    const address = `${agent.url}/webhooks/google-calendar/${id}`
    await call(sandbox, 'POST', '/calendar/v3/calendars/primary/events/watch', {
      id: 'c1',
      type: 'web_hook',
      address,
      token: secret,
    })
    sandbox.control.mutate({ do: 'event.create' })
    sandbox.control.fault({ on: 'push', kind: 'duplicate', times: 1 })
    sandbox.control.mutate({ do: 'event.create' })
    expect(await settled(agent, id, 3)).toEqual([
      ['sync', 'processed'],
      ['exists', 'processed'],
      ['exists', 'processed'],
    ])
    await pushed(sandbox, [202, 202, 202, 202])
    const { events } = await agent.client.events.list({ user: 'ana' })
    expect(events.map(({ type, thread }) => [type, thread])).toEqual([
      ['calendar.changed', 'calendar:ana@example.com'],
      ['calendar.changed', 'calendar:ana@example.com'],
    ])
  })

  it('refuses a channel that was made with another token', async () => {
    const [sandbox, agent] = [await openReal(), await openAgent()]
    const { id } = await agent.client.resources.add({ provider: 'google-calendar', user: 'ana' })
    const address = `${agent.url}/webhooks/google-calendar/${id}`
    await call(sandbox, 'POST', '/calendar/v3/calendars/primary/events/watch', {
      id: 'c1',
      type: 'web_hook',
      address,
      token: 'another',
    })
    expect(await settled(agent, id, 1)).toEqual([['', 'quarantined']])
    await pushed(sandbox, [401])
  })

  it("takes the sandbox's pushes of Pub/Sub by the keys that the sandbox publishes, also after they have turned", async () => {
    const sandbox = await openReal()
    const agent = await openAgent(
      { google: { ...DEFAULT_CONFIG.google, certs_url: sandbox.urls.certs } },
      'https://ec.example.org',
    )
    const { id, webhook_url: audience } = await agent.client.resources.add({
      provider: 'gmail',
      user: 'ana',
      settings: { email: 'ana@example.com', service_account: SERVICE_ACCOUNT },
    })
    await call(sandbox, 'PUT', `/v1/${TOPIC}`)
    const members = ['serviceAccount:gmail-api-push@system.gserviceaccount.com']
    const policy = { bindings: [{ role: 'roles/pubsub.publisher', members }] }
    await call(sandbox, 'POST', `/v1/${TOPIC}:setIamPolicy`, { policy })
    const oidcToken = { serviceAccountEmail: SERVICE_ACCOUNT, audience }
    const pushConfig = { pushEndpoint: `${agent.url}/webhooks/gmail/${id}`, oidcToken }
    await call(sandbox, 'PUT', '/v1/projects/ec-demo/subscriptions/mail', { topic: TOPIC, pushConfig })
    await call(sandbox, 'POST', '/gmail/v1/users/me/watch', { topicName: TOPIC, labelIds: ['INBOX'] })
    await settled(agent, id, 1)
    sandbox.control.manners({ gmail_gap_ms: 0 })
    sandbox.control.fault({ on: 'push', kind: 'duplicate', times: 1 })
    sandbox.control.mutate({ do: 'mail.receive' })
    expect(await settled(agent, id, 2)).toEqual([
      ['history', 'processed'],
      ['history', 'processed'],
    ])
    await pushed(sandbox, [204, 204, 204])

    // Somebody else's service account is refused, and comes again until it is taken.
    const wrong = {
      ...pushConfig,
      oidcToken: { serviceAccountEmail: 'other@ec-demo.iam.gserviceaccount.com', audience },
    }
    await call(sandbox, 'POST', '/v1/projects/ec-demo/subscriptions/mail:modifyPushConfig', { pushConfig: wrong })
    sandbox.control.mutate({ do: 'mail.receive' })
    await vi.waitFor(() => expect(sandbox.control.log().at(-1)).toMatchObject({ kind: 'push', status: 401 }), {
      timeout: 20_000,
    })
    await call(sandbox, 'POST', '/v1/projects/ec-demo/subscriptions/mail:modifyPushConfig', { pushConfig })
    await vi.waitFor(() => expect(sandbox.control.log().at(-1)).toMatchObject({ kind: 'push', status: 204 }), {
      timeout: 20_000,
    })
  })
})
