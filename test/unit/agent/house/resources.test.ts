import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { createResourceApi } from '#ec/agent/house/resources.js'
import { createIds } from '#ec/core/ids.js'
import { loadProvider } from '#ec/providers/index.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { openTestBackend } from '../../../support/test-backend.js'

const randomBytes = (n: number) => new Uint8Array(n).fill(7)

async function build() {
  const clock = new FakeClock()
  const backend = await openTestBackend(clock)
  const { store, bus } = backend
  const api = createResourceApi({
    store,
    bus,
    clock,
    randomBytes,
    ids: createIds(clock, randomBytes),
    loadProvider,
    heldJob: (group, runAt) => ({ kind: 'notification.process', group, priority: 0, maxAttempts: 1, runAt }),
    beforeRemoval: async () => {},
    wake: () => {},
    publicUrl: () => 'https://ec.example.com',
  })
  const add = (provider: string, settings: Record<string, string> = {}, secret?: string) =>
    api.add({ provider, userId: 'ana', name: null, settings, ...(secret === undefined ? {} : { secret }) })
  return { api, store, add }
}

describe('the secret of a new resource', () => {
  it('is made in the form that the libraries of website senders take', async () => {
    const { add } = await build()
    const { secret } = await add('website')
    expect(secret).toMatch(/^whsec_/)
    expect(() => new Webhook(secret ?? '')).not.toThrow()
  })

  it('is not made where the service sends one, and can then be read', async () => {
    const { api, store, add } = await build()
    const { resource, secret } = await add('notion')
    expect([secret, resource.hasSecret]).toEqual([null, false])
    await expect(api.revealSecret(resource.id)).rejects.toMatchObject({ code: 'EC_NOT_FOUND' })
    await store.updateResource(resource.id, { secrets: ['secret_from_notion'] })
    expect(await api.revealSecret(resource.id)).toBe('secret_from_notion')
  })

  it('cannot be read where it was told once', async () => {
    const { api, add } = await build()
    const { resource } = await add('github')
    await expect(api.revealSecret(resource.id)).rejects.toMatchObject({ code: 'EC_FORBIDDEN' })
    await expect(api.revealSecret('nobody')).rejects.toMatchObject({ code: 'EC_NOT_FOUND' })
  })

  it('is brought or made later, and the newest so far can hold beside it', async () => {
    const { api, store, add } = await build()
    const { resource, secret: first } = await add('github')
    const secrets = () => store.getSecrets(resource.id)
    expect(await api.change(resource.id, { secret: 'brought', keepSecret: true })).toMatchObject({ secret: null })
    expect(await secrets()).toEqual(['brought', first])
    const { secret: made } = await api.change(resource.id, { newSecret: true, keepSecret: true })
    expect(made).toMatch(/^[\w-]{43}$/)
    expect(await secrets()).toEqual([made, 'brought'])
    expect(await api.change(resource.id, { secret: made ?? '', keepSecret: true })).toMatchObject({ secret: null })
    expect(await secrets()).toEqual([made])
    expect(await api.change(resource.id, { name: 'engine', settings: { repository: 'a/b' } })).toMatchObject({
      resource: { name: 'engine', settings: { repository: 'a/b' }, hasSecret: true },
    })
    expect(await secrets()).toEqual([made])
  })

  it('is sealed also when it is changed among the settings', async () => {
    const { api, store, add } = await build()
    const { resource } = await add('microsoft', { client_state: 'the first state', subscription_id: 's1' })
    const settings = { client_state: 'the second state', subscription_id: 's2' }
    const changed = await api.change(resource.id, { settings, keepSecret: true })
    expect(changed.resource.settings).toEqual({ subscription_id: 's2' })
    expect(await store.getSecrets(resource.id)).toEqual(['the second state', 'the first state'])
  })

  it.each([
    ['github', { newSecret: true, secret: 'brought too' }, 'new_secret'],
    ['microsoft', { newSecret: true, settings: { client_state: 'brought too' } }, 'new_secret'],
    ['notion', { newSecret: true }, 'new_secret'],
    ['gmail', { newSecret: true }, 'new_secret'],
    ['github', { keepSecret: true }, 'keep_secret'],
    ['github', { settings: { repo: 'a/b' } }, 'settings.repo'],
  ])('of %s does not change by %j', async (provider, change, path) => {
    const { api, store, add } = await build()
    const { resource } = await add(provider)
    const before = await store.getSecrets(resource.id)
    await expect(api.change(resource.id, change)).rejects.toMatchObject({
      code: 'EC_FIELD_INVALID',
      details: { errors: [{ path }] },
    })
    expect(await store.getSecrets(resource.id)).toEqual(before)
  })

  it.each([
    ['microsoft', { client_state: 'the-state', subscription_id: 's1' }, ['the-state']],
    ['website', { secrets: 'whsec_bmV3,  older text,' }, ['whsec_bmV3', 'older text']],
  ])('of %s is taken out of its settings and sealed', async (provider, settings, secrets) => {
    const { store, add } = await build()
    const { resource, secret } = await add(provider, settings)
    expect(secret).toBeNull()
    expect(await store.getSecrets(resource.id)).toEqual(secrets)
    expect(JSON.stringify(resource)).not.toContain(secrets[0])
  })
})
