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
