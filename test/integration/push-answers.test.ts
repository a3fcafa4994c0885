import { describe, expect, it } from 'vitest'
import { Delivery } from '../support/delivery.ts'

const ASKS = {
  type: 'action.required',
  data: {
    action_id: 'deploy-7',
    options: [
      { id: 'no', label: 'Not now' },
      { id: 'wipe', label: 'Wipe it', style: 'danger' },
      { id: 'why', label: 'Ask back', input: {} },
      'yes',
      'later',
    ],
  },
}

async function asked(...behaviours: readonly number[]) {
  const d = await Delivery.open()
  const [device, other] = [await d.device('ann', ...behaviours), await d.device('ann')]
  const strangers = await d.device('bob')
  const id = await d.emit(ASKS)
  await d.settle()
  const state = async () => (await d.backend.store.getQuestions('deploy-7', 'ann'))[0]
  return { d, id, device, other, strangers, state }
}

describe('the buttons of a notification', () => {
  it('are the first two options that one press can answer', async () => {
    const { d } = await asked()
    const [{ message }] = d.service.received as [(typeof d.service.received)[number]]
    expect(message).toMatchObject({
      notification: {
        actions: [
          { action: 'answer:no', title: 'Not now' },
          { action: 'answer:yes', title: 'yes' },
        ],
      },
      ec: { question: 'deploy-7' },
    })
  })

  it('answer as the user whose device it is, and end what was on its way to the others', async () => {
    const { d, id, other, state } = await asked(503)
    await d.press(other, 'deploy-7', 'yes')
    expect(await state()).toMatchObject({ state: 'answered', answer: { option: 'yes', by: 'user' } })
    await d.pass(10_000)
    expect((await d.steps(id)).at(-1)).toBe('push dropped answered')
  })

  it('may be pressed twice; whoever comes second is told the winner', async () => {
    const { d, device, other, state } = await asked()
    await d.press(device, 'deploy-7', 'yes')
    await d.press(device, 'deploy-7', 'yes')
    await expect(d.press(other, 'deploy-7', 'no')).rejects.toMatchObject({
      code: 'EC_CONFLICT',
      details: { winner: { option: 'yes' } },
    })
    expect((await state())?.answer?.option).toBe('yes')
  })

  it.each([
    ['a wrong secret', 'device', 'wrong', 'EC_FORBIDDEN'],
    ['a device that is not there', 'nobody', undefined, 'EC_FORBIDDEN'],
    ['the device of somebody else', 'strangers', undefined, 'EC_NOT_FOUND'],
  ] as const)('do nothing with %s', async (_what, which, secret, code) => {
    const all = await asked()
    const device = which === 'nobody' ? 'dev_none' : all[which]
    const pressed =
      secret === undefined ? all.d.press(device, 'deploy-7', 'yes') : all.d.press(device, 'deploy-7', 'yes', secret)
    await expect(pressed).rejects.toMatchObject({ code })
    expect((await all.state())?.state).toBe('open')
  })

  it('of one device are heard so often and no more', async () => {
    const { d, device } = await asked()
    const presses = Array.from({ length: 21 }, () =>
      d.press(device, 'deploy-7', 'yes').then(
        () => 'ok',
        (error: { code: string }) => error.code,
      ),
    )
    expect((await Promise.all(presses)).toSorted()).toEqual([
      'EC_RATE_LIMITED',
      ...Array.from({ length: 20 }, () => 'ok'),
    ])
  })
})
