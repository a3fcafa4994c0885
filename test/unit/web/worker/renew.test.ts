import { describe, expect, it } from 'vitest'
import { onOrder } from '../../../../web/worker/on-order.ts'
import { onPush } from '../../../../web/worker/on-push.ts'
import { onSubscriptionChange } from '../../../../web/worker/renew.ts'
import { aMessage, RECORD, WorkerStage } from '../../../support/worker-stage.ts'

const KEY = { status: 200, body: { key_id: 'k2', public_key: 'the-new-key' } }
const FORMER = RECORD.endpoint

function stageWith(...renewals: readonly number[]) {
  const stage = new WorkerStage()
  const left = [...renewals]
  stage.agent = (method, path) =>
    method === 'GET' ? KEY : { status: path === '/api/push/renew' ? (left.shift() ?? 200) : 204, body: null }
  return stage
}

function paths(stage: WorkerStage): readonly string[] {
  return stage.requests.map(({ method, url }) => `${method} ${url}`)
}

describe('a subscription that changed', () => {
  it('is made anew with the key of today, and told to the agent as the same device', async () => {
    const stage = stageWith()
    await onSubscriptionChange(stage.ports, FORMER)
    expect(paths(stage)).toEqual(['GET /api/push/key', 'POST /api/push/renew'])
    expect(stage.requests[1]?.body).toMatchObject({
      device: 'dev_1',
      secret: 'a-secret',
      key_id: 'k2',
      subscription: { endpoint: 'https://push.example.org/new-1' },
    })
    expect(stage.values.get('record')).toEqual({
      ...RECORD,
      keyId: 'k2',
      endpoint: 'https://push.example.org/new-1',
    })
    expect(stage.news).toEqual([{ ec: 'renewed' }])
  })

  it('that the browser made anew itself is kept when its key is right, and made once more when it is not', async () => {
    const right = stageWith()
    right.subscribe('the-new-key')
    await onSubscriptionChange(right.ports, null)
    expect(right.steps.filter(step => step.startsWith('unsubscribe'))).toEqual([])
    expect(right.values.get('record')).toMatchObject({ endpoint: 'https://push.example.org/new-1' })

    const wrong = stageWith()
    wrong.subscribe('an-old-key')
    await onSubscriptionChange(wrong.ports, null)
    expect(wrong.steps[1]).toBe('unsubscribe https://push.example.org/new-1')
    expect(wrong.values.get('record')).toMatchObject({ endpoint: 'https://push.example.org/new-2' })
  })

  it('of somebody else, or of nobody, is left alone', async () => {
    const theirs = stageWith()
    await onSubscriptionChange(theirs.ports, 'https://push.example.org/theirs')
    const nobody = new WorkerStage(null)
    await onSubscriptionChange(nobody.ports, FORMER)
    expect([...theirs.requests, ...nobody.requests]).toEqual([])
  })

  it.each([0, 503, 429])('that cannot be told now (%i) is told with the next event', async status => {
    const stage = stageWith(status)
    await onSubscriptionChange(stage.ports, FORMER)
    expect(stage.values.get('record')).toMatchObject({ unsaid: true })
    await onPush(stage.ports, { text: aMessage(), proposal: null, badge: null })
    expect(stage.shown).toHaveLength(1)
    expect(stage.values.get('record')).not.toHaveProperty('unsaid')
    expect(paths(stage).filter(path => path === 'POST /api/push/renew')).toHaveLength(2)
  })

  it('without any network is made anew when a page asks', async () => {
    const stage = stageWith()
    const works = stage.agent
    stage.agent = () => ({ status: 0, body: null })
    await onSubscriptionChange(stage.ports, FORMER)
    stage.agent = works
    await onOrder(stage.ports, { ec: 'flush' }, () => {})
    expect(stage.values.get('record')).toMatchObject({ keyId: 'k2' })
  })

  it.each([403, 410])('that the agent will never take (%i) is left to a page', async status => {
    const stage = stageWith(status)
    await onSubscriptionChange(stage.ports, FORMER)
    expect(stage.values.get('record')).not.toHaveProperty('unsaid')
    expect(stage.news).toEqual([])
  })

  it('whose endpoint has ended already is made once more', async () => {
    const stage = stageWith(409)
    stage.subscribe('the-new-key')
    await onSubscriptionChange(stage.ports, null)
    expect(stage.values.get('record')).toMatchObject({ endpoint: 'https://push.example.org/new-2' })
    expect(stage.news).toEqual([{ ec: 'renewed' }])
  })

  it('does not undo what a page did meanwhile', async () => {
    const stage = stageWith()
    const works = stage.agent
    stage.agent = (method, path, body) => {
      stage.values.delete('record')
      return works(method, path, body)
    }
    await onSubscriptionChange(stage.ports, FORMER)
    expect(stage.values.has('record')).toBe(false)
  })
})

describe('what a page wants of its worker', () => {
  it('is its version', async () => {
    const stage = new WorkerStage()
    const answers: unknown[] = []
    await onOrder(stage.ports, { ec: 'version' }, answer => void answers.push(answer))
    expect(answers).toEqual([{ ec: 'version', version: '1.2.3' }])
    expect(stage.shown).toEqual([])
  })

  it('is that notifications go', async () => {
    const stage = new WorkerStage()
    const [one, two] = [stage.put('evt_1'), stage.put('evt_2')]
    await onOrder(stage.ports, { ec: 'close', events: ['evt_2', 'evt_3'] }, () => {})
    expect([one.closed, two.closed]).toEqual([false, true])
  })

  it('is that a device is forgotten that was switched off without a network', async () => {
    const stage = new WorkerStage(null)
    const proof = { device: 'dev_1', secret: 'a-secret' }
    stage.values.set('outbox', [{ kind: 'farewell', base: RECORD.base, ...proof, at: stage.now }])
    await onOrder(stage.ports, { ec: 'flush' }, () => {})
    expect(stage.requests).toEqual([{ method: 'DELETE', url: '/api/push/subscribe', body: proof }])
    expect(stage.outbox).toEqual([])
  })
})
