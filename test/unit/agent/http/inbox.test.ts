import { describe, expect, it } from 'vitest'
import { call, open } from './calls.js'
import { bearer, serviceBearer, shareDoors, userBearer } from './doors.js'

const shared = shareDoors(atEnd => open({ atEnd }))

describe('an inbox as a whole', () => {
  it('says whose it is, where its stream stands, and how much is unread', async () => {
    const { doors } = shared()
    const answer = await call(doors, '/api/inbox', { headers: bearer(userBearer(doors, 'ada')) })
    expect(answer).toMatchObject({ status: 200 })
    expect(answer.body).toEqual({ user: 'ada', epoch: 'e1', head: 7, unread: { total: 3, action: 1 } })
  })

  it('is shown to its user, and to an operator who names one', async () => {
    const { doors, events } = shared()
    const operator = { headers: bearer(serviceBearer(doors, 'operate')) }
    expect(await call(doors, '/api/inbox', operator)).toMatchObject({ status: 400 })
    expect(await call(doors, '/api/inbox?user=bob', operator)).toMatchObject({ status: 200, body: { user: 'bob' } })
    expect(events.calls.at(-1)).toEqual(['inbox', 'bob'])
    const other = { headers: bearer(userBearer(doors, 'ada')) }
    expect(await call(doors, '/api/inbox?user=bob', other)).toMatchObject({ status: 403 })
    const service = { headers: bearer(serviceBearer(doors, 'emit')) }
    expect(await call(doors, '/api/inbox', service)).toMatchObject({ status: 403 })
  })

  it('has many events marked at once, and answers with their numbers', async () => {
    const { doors, events } = shared()
    const mark = (json: unknown) =>
      call(doors, '/api/inbox/state', { method: 'POST', headers: bearer(userBearer(doors, 'ada')), json })
    const answer = await mark({ ids: ['evt_1', 'evt_2'], state: 'read' })
    expect(answer).toMatchObject({
      status: 200,
      body: {
        items: [
          { seq: 8, id: 'evt_1' },
          { seq: 9, id: 'evt_2' },
        ],
      },
    })
    expect(events.calls.at(-1)).toEqual(['changeMany', ['evt_1', 'evt_2'], 'ada', 'read', null])
    const until = '2999-01-01T00:00:00Z'
    await mark({ ids: ['evt_1'], state: 'snoozed', until })
    expect(events.calls.at(-1)).toEqual(['changeMany', ['evt_1'], 'ada', 'snoozed', Date.parse(until)])
    for (const wrong of [
      { ids: ['evt_1'], state: 'answered' },
      { ids: ['evt_1'], state: 'retracted' },
      { ids: ['evt_1'], state: 'snoozed' },
      { ids: ['evt_1'], state: 'read', until },
      { ids: Array.from({ length: 1001 }, (_, i) => `evt_${i}`), state: 'read' },
      { ids: 'evt_1', state: 'read' },
    ]) {
      expect(await mark(wrong)).toMatchObject({ status: 422, body: { code: 'EC_FIELD_INVALID' } })
    }
    expect(await mark({ user: 'bob', ids: ['evt_1'], state: 'read' })).toMatchObject({ status: 403 })
  })
})
