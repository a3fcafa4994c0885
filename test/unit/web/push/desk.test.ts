import { describe, expect, it } from 'vitest'
import { disable } from '../../../../web/push/disable.ts'
import { enable } from '../../../../web/push/enable.ts'
import type { Abilities } from '../../../../web/push/judge-support.ts'
import { browserKind } from '../../../../web/push/browser-kind.ts'
import { reconcile } from '../../../../web/push/reconcile.ts'
import { BASE, DeskStage, RECORD, Refusal } from '../../../support/desk-stage.ts'

const LOOKS = ['GET /api/push/key', 'GET /api/push/devices']
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) Version/18.4 Safari/604.1'
const OLD_IPHONE = IPHONE.replace('18_4', '16_3')

const on = (device: string) => ({ status: 'on', device, problem: null })
const only = (status: string) => ({ status, device: null, problem: null })
const phone = (userAgent: string, installed = false) => browserKind({ userAgent, touchPoints: 5, installed })

describe('looking after push when a page opens', () => {
  it('changes nothing when all is in step', async () => {
    const stage = DeskStage.on()
    expect(await reconcile(stage.ports)).toEqual(on('dev_1'))
    expect(stage.said).toEqual(LOOKS)
    // A page that opens is a way to say what could not be said.
    expect(stage.orders).toEqual(['flush'])
  })

  it('asks nobody and tells nobody while it was never switched on', async () => {
    for (const permission of ['default', 'granted'] as const) {
      const stage = new DeskStage()
      stage.permission = permission
      expect(await reconcile(stage.ports)).toEqual(only('off'))
      expect(stage.said).toEqual([])
    }
  })

  it('takes another subscription when the key was rotated, as the same device', async () => {
    const stage = DeskStage.on()
    stage.key = { key_id: 'k2', public_key: 'P2' }
    expect(await reconcile(stage.ports)).toEqual(on('dev_1'))
    expect(stage.said).toEqual([...LOOKS, `unsubscribe ${RECORD.endpoint}`, 'POST /api/push/subscribe'])
    expect(stage.calls.at(-1)?.body).toMatchObject({
      device: 'dev_1',
      secret: 's1',
      key_id: 'k2',
      subscription: { endpoint: 'https://push.example.org/2' },
      name: 'Firefox, Linux',
      platform: 'Linux',
      locale: 'en',
      tz: 'Europe/Madrid',
    })
    expect(stage.record).toEqual({ ...RECORD, keyId: 'k2', endpoint: 'https://push.example.org/2' })
  })

  it.each<[string, (stage: DeskStage) => void]>([
    ['the subscription is gone', stage => (stage.subscription = null)],
    ['the agent does not know it', stage => (stage.devices = [])],
    ['the agent has it under another key', stage => (stage.devices = [{ ...stage.devices[0]!, key_id: 'k0' }])],
    ['the worker could not say that it changed', stage => stage.values.set('record', { ...RECORD, unsaid: true })],
    ['it was not seen for a day', stage => (stage.now += 86_400_000)],
    ['the endpoint is another one', stage => stage.values.set('record', { ...RECORD, endpoint: 'https://old' })],
  ])('tells the agent when %s', async (_what, change) => {
    const stage = DeskStage.on()
    change(stage)
    expect(await reconcile(stage.ports)).toEqual(on('dev_1'))
    expect(stage.said.at(-1)).toBe('POST /api/push/subscribe')
    expect(stage.calls.at(-1)?.body).toMatchObject({ device: 'dev_1', secret: 's1' })
  })

  it('proves nothing to another agent than the one that it was a device of', async () => {
    const stage = DeskStage.on()
    stage.values.set('record', { ...RECORD, base: 'https://other.example.org' })
    await reconcile(stage.ports)
    expect(stage.calls.at(-1)?.body).not.toHaveProperty('secret')
  })

  it('subscribes once more when its push service has ended it without telling the browser', async () => {
    const stage = DeskStage.on()
    stage.devices = []
    stage.refuse('POST /api/push/subscribe', new Refusal(409, 'EC_ENDPOINT_GONE'))
    expect(await reconcile(stage.ports)).toEqual(on('dev_1'))
    expect(stage.subscription?.endpoint).toBe('https://push.example.org/2')
  })

  it('stays off when the person removed this device elsewhere', async () => {
    const stage = DeskStage.on()
    stage.devices = []
    stage.refuse('POST /api/push/subscribe', new Refusal(410, 'EC_DEVICE_REMOVED'))
    expect(await reconcile(stage.ports)).toEqual(only('switched-off'))
    expect([stage.subscription, stage.record, stage.choices.isOff]).toEqual([null, null, true])
    stage.calls.length = 0
    expect(await reconcile(stage.ports)).toEqual(only('switched-off'))
    expect(stage.said).toEqual([])
  })

  it.each([
    ['denied', 'denied'],
    ['default', 'off'],
  ] as const)('ends what is left over when the permission is %s', async (permission, status) => {
    const stage = DeskStage.on()
    stage.permission = permission
    expect(await reconcile(stage.ports)).toEqual(only(status))
    expect(stage.calls.at(-1)).toEqual({
      call: 'DELETE /api/push/subscribe',
      body: { device: 'dev_1', secret: 's1' },
    })
    expect([stage.subscription, stage.record]).toEqual([null, null])
  })

  it('leaves the subscription of another service in the worker of a site alone', async () => {
    const stage = DeskStage.on()
    stage.values.delete('record')
    stage.isOurs = false
    stage.key = { key_id: 'k2', public_key: 'P2' }
    expect(await reconcile(stage.ports)).toEqual(only('off'))
    expect(stage.subscription?.endpoint).toBe(RECORD.endpoint)
  })

  it('tells that the agent has no key yet', async () => {
    const stage = DeskStage.on()
    stage.key = null
    expect(await reconcile(stage.ports)).toEqual(only('no-key'))
  })

  it('goes on where nothing can be kept', async () => {
    const stage = DeskStage.on()
    stage.storeFails = true
    expect(await reconcile(stage.ports)).toEqual(on('dev_new'))
  })

  it.each<[string, Partial<Abilities>, string]>([
    ['without https', { secure: false, worker: false }, 'insecure'],
    ['without a worker to register', { hasScript: false }, 'unsupported'],
    ['in a browser without push', { push: false }, 'unsupported'],
    ['in a browser without notifications', { notifications: false }, 'unsupported'],
    ['on an iPhone, in the browser', { push: false, kind: phone(IPHONE) }, 'install-first'],
    ['on an iPhone that is too old', { push: false, kind: phone(OLD_IPHONE) }, 'unsupported'],
    [
      'on an iPhone that has it installed and no push all the same',
      { push: false, kind: phone(IPHONE, true) },
      'unsupported',
    ],
  ])('says why there is none %s', async (_what, able, status) => {
    const stage = DeskStage.on()
    stage.able = able
    expect(await reconcile(stage.ports)).toEqual(only(status))
    expect(await enable(stage.ports, 'granted')).toEqual(only(status))
    expect(stage.said).toEqual([])
  })
})

describe('switching push on', () => {
  it('subscribes, tells the agent, and leaves the worker a record', async () => {
    const stage = new DeskStage()
    stage.choices.setOff(true)
    expect(await enable(stage.ports, 'granted')).toEqual(on('dev_new'))
    expect(stage.record).toEqual({
      base: BASE,
      device: 'dev_new',
      secret: 's_new',
      keyId: 'k1',
      endpoint: 'https://push.example.org/2',
      home: `${BASE}/inbox`,
      links: [],
      lang: 'en',
    })
    expect(stage.choices.isOff).toBe(false)
  })

  it.each([
    ['denied', 'denied'],
    ['default', 'off'],
  ] as const)('does nothing when the person says %s', async (permission, status) => {
    const stage = new DeskStage()
    expect(await enable(stage.ports, permission)).toEqual(only(status))
    expect(stage.said).toEqual([])
  })

  it('gives up on a push service that never answers, and says what it was', async () => {
    const stage = new DeskStage()
    stage.pushServiceHangs = true
    await expect(enable(stage.ports, 'granted')).rejects.toThrow('did not reach its push service')
  })

  it('takes nothing away from another service', async () => {
    const stage = DeskStage.on()
    stage.values.delete('record')
    stage.isOurs = false
    stage.key = { key_id: 'k2', public_key: 'P2' }
    await expect(enable(stage.ports, 'granted')).rejects.toThrow('another service')
    expect(stage.subscription?.endpoint).toBe(RECORD.endpoint)
  })

  it('works after the device was removed elsewhere, as another device', async () => {
    const stage = DeskStage.on()
    stage.refuse('POST /api/push/subscribe', new Refusal(410, 'EC_DEVICE_REMOVED'))
    expect(await enable(stage.ports, 'granted')).toEqual(on('dev_new'))
    expect(stage.choices.isOff).toBe(false)
  })
})

describe('switching push off', () => {
  it('ends it here and at the agent, and stays so', async () => {
    const stage = DeskStage.on()
    expect(await disable(stage.ports, 'switched-off')).toEqual(only('switched-off'))
    expect(stage.said).toEqual([`unsubscribe ${RECORD.endpoint}`, 'DELETE /api/push/subscribe'])
    expect([stage.subscription, stage.record]).toEqual([null, null])
    expect(await reconcile(stage.ports)).toEqual(only('switched-off'))
  })

  it('is told to the agent later when it cannot be told now', async () => {
    const stage = DeskStage.on()
    stage.refuse('DELETE /api/push/subscribe', new Refusal(0, 'EC_AGENT_UNREACHABLE'))
    await disable(stage.ports, 'switched-off')
    expect(stage.subscription).toBeNull()
    expect(stage.values.get('outbox')).toEqual([
      { kind: 'farewell', base: BASE, device: 'dev_1', secret: 's1', at: stage.now },
    ])
    expect(stage.orders).toEqual(['flush'])
  })

  it('asks no more of an agent that does not know it', async () => {
    const stage = DeskStage.on()
    stage.refuse('DELETE /api/push/subscribe', new Refusal(403, 'EC_FORBIDDEN'))
    await disable(stage.ports, 'switched-off')
    expect(stage.values.has('outbox')).toBe(false)
  })

  it('by signing out leaves the next person the choice', async () => {
    const stage = DeskStage.on()
    expect(await disable(stage.ports, 'off')).toEqual(only('off'))
    expect(stage.said).toContain('DELETE /api/push/subscribe')
    expect(stage.choices.isOff).toBe(false)
    expect(await reconcile(stage.ports)).toEqual(only('off'))
  })

  it('leaves the subscription of another service in the worker of a site alone', async () => {
    const stage = DeskStage.on()
    stage.isOurs = false
    stage.values.set('record', { ...RECORD, endpoint: 'https://push.example.org/ours-that-ended' })
    await disable(stage.ports, 'switched-off')
    expect(stage.subscription?.endpoint).toBe(RECORD.endpoint)
  })
})
