import { createHmac } from 'node:crypto'
import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { createClient } from '#ec/client.js'
import { makeHome, startAgentProcess } from '../support/cli.ts'

const SECRET = 'a secret made for the examples'

interface Example {
  readonly house: string
  readonly kind: string
  readonly guid: string
  readonly body: string
}

/** Every delivery that Octokit has collected of github.com and of GitHub Enterprise Server. */
function examples(): readonly Example[] {
  const load = createRequire(import.meta.url)
  const houses = ['api.github.com', 'ghes-31', 'ghes-32', 'ghes-33', 'ghes-34', 'ghes-35']
  const index = houses.flatMap(house => {
    const kinds: readonly { name: string; examples: readonly unknown[] }[] = load(
      `@octokit/webhooks-examples/${house}/index.json`,
    )
    return kinds.map(kind => ({ house, ...kind }))
  })
  return index.flatMap(({ house, name, examples: payloads }, i) =>
    payloads.map((payload, k) => ({
      house,
      kind: name,
      guid: `72d3162e-cc78-11e3-${String(i).padStart(4, '0')}-${String(k).padStart(12, '0')}`,
      body: JSON.stringify(payload),
    })),
  )
}

it('receives, stores and tells of every real delivery that Octokit has collected', { timeout: 60_000 }, async () => {
  const all = examples()
  expect(all.filter(({ house }) => house === 'api.github.com').length).toBeGreaterThanOrEqual(329)
  const home = makeHome()
  const agent = await startAgentProcess(home)
  const ec = createClient({ socket: agent.ready.socket })
  const { id, webhook_url: url } = await ec.resources.add({
    provider: 'github',
    user: 'ana',
    settings: {},
    secret: SECRET,
  })

  const statuses = await Promise.all(
    all.map(async ({ kind, guid, body }) => {
      const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`
      const headers = { 'content-type': 'application/json', 'x-github-event': kind, 'x-github-delivery': guid }
      const answer = await fetch(url, {
        method: 'POST',
        body,
        headers: { ...headers, 'x-hub-signature-256': signature },
      })
      return answer.status
    }),
  )
  expect(statuses.filter(status => status !== 202)).toEqual([])

  await expect
    .poll(async () => (await ec.notifications.list({ resource: id, state: 'accepted' })).notifications, {
      timeout: 30_000,
    })
    .toEqual([])
  const stored = await ec.notifications.list({ resource: id, limit: 1000, after: '0' })
  expect(new Set(stored.notifications.map(({ key }) => key))).toEqual(new Set(all.map(({ guid }) => guid)))
  expect(new Set(stored.notifications.map(({ state }) => state))).toEqual(new Set(['processed']))

  const events = await ec.events.list({ user: 'ana', limit: 1000, after: '0' })
  const speaking = all.filter(({ kind }) => kind !== 'ping')
  expect(events.events.length).toBe(speaking.length)
  expect(new Set(events.events.map(({ type }) => type.split('.')[1]))).toEqual(
    new Set(speaking.map(({ kind }) => kind)),
  )
  for (const { title, body } of events.events) expect(`${title} ${body}`).toMatch(/^\S.*\S$/s)
})
