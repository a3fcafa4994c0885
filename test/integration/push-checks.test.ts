import { expect, it } from 'vitest'
import { Delivery } from '../support/delivery.ts'

const SUBJECT = 'mailto:ops@example.org'
const KEYS = 'push:vapid'

async function look(d: Delivery) {
  const [check] = await d.push.dispatcher.checks()
  return check
}

it('passes with a key, and says how many devices there are and how many wait for their page to take a new one', async () => {
  const d = await Delivery.open()
  await d.device('ann')
  expect(await look(d)).toMatchObject({ code: 'push.vapid', status: 'ok', detail: `${SUBJECT}, 1 device` })
  await d.push.api.setUp(SUBJECT, true)
  await d.device('ann')
  await d.device('bob')
  expect(await look(d)).toMatchObject({
    status: 'ok',
    detail: `${SUBJECT}, 3 devices, 1 of them by an older key, until their page opens`,
  })
})

it('warns of devices whose key vanished, and says what brings them back', async () => {
  const d = await Delivery.open()
  await d.device('ann')
  await forgetKeys(d)
  expect(await look(d)).toMatchObject({
    status: 'fail',
    detail: '1 device subscribed with keys that are not here any more',
  })
  await d.push.api.setUp(SUBJECT, false)
  await d.device('ann')
  expect(await look(d)).toMatchObject({
    status: 'warn',
    detail: '1 device subscribed with a key that is not here any more; nothing reaches them',
    hint: 'open the page on them again; it subscribes with the present key',
  })
})

it('fails for a subject that push services refuse', async () => {
  const d = await Delivery.open()
  const keys = await d.backend.store.getCredential(KEYS)
  await d.backend.store.putCredential(KEYS, keys?.replaceAll('example.org', 'localhost') ?? '', keys)
  expect(await look(d)).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('mailto:ops@localhost'),
    hint: 'run `ec setup vapid --subject mailto:you@example.org`',
  })
})

it('has nothing to say before there is a key', async () => {
  const d = await Delivery.open()
  await forgetKeys(d)
  expect(await look(d)).toMatchObject({ status: 'skip', hint: 'run `ec setup vapid --subject mailto:you@example.org`' })
})

/** As a store that was restored from elsewhere has it. */
async function forgetKeys({ backend: { store, bus } }: Delivery): Promise<void> {
  await store.putCredential(KEYS, '[]', await store.getCredential(KEYS))
  bus.publish('restored', { epoch: 'another' })
}
