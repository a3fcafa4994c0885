import { describe, expect, it } from 'vitest'
import { Delivery } from '../support/delivery.ts'

const DAY = 86_400_000
const WORK = { type: 'build.done', channels: ['ws', 'push'] }

describe('a type of which next to nothing is opened', () => {
  it('goes out by push no more, and the person is told once, across crashes', async () => {
    const { d, alerts } = await openIgnored()
    await d.crash()
    const id = await d.emit(WORK)
    await d.pass(3 * DAY)
    expect(await d.told(id)).toContain(
      'push: not sent, ann opened next to nothing of what came by push of build.done, so it stays out of there; `ec prefs keep --user ann --type build.done` brings it back.',
    )
    expect(d.shown()).not.toContain(id)
    expect(await alerts()).toMatchObject([
      {
        level: 'info',
        title: 'No more pushes of build.done',
        body: expect.stringContaining('None of the last 20 were opened within a day.'),
        data: { type: 'build.done', sent: 20, opened: 0 },
      },
    ])
  })

  it.each([
    ['a critical one', { ...WORK, level: 'critical' }],
    ['another type', { type: 'deploy.done', channels: ['push'] }],
    ['the same of another person', { ...WORK, user_id: 'bob' }],
  ])('takes nothing else with it: %s', async (_what, fields) => {
    const { d } = await openIgnored()
    await d.device('bob')
    const id = await d.emit(fields)
    await d.settle()
    expect(d.shown()).toContain(id)
  })

  it.each(['action.required', 'reminder.due'])('is never %s', async type => {
    const { d, alerts } = await openIgnored({ type })
    const id = await d.emit({ type })
    await d.settle()
    expect(d.shown()).toContain(id)
    expect(await alerts()).toEqual([])
  })

  it('stays when enough of it were clicked', async () => {
    const { d, alerts } = await openIgnored(WORK, async (delivery, device, ids) => {
      await delivery.receipt(device, ids[0] ?? '', 'clicked')
    })
    const id = await d.emit(WORK)
    await d.settle()
    expect(d.shown()).toContain(id)
    expect(await alerts()).toEqual([])
  })

  it('comes back when the person keeps it, and is judged anew when that is taken back', async () => {
    const { d, alerts } = await openIgnored()
    await d.prefer('ann', { keep: ['build.*'] })
    const kept = await d.emit(WORK)
    await d.settle()
    expect(d.shown()).toContain(kept)
    await d.prefer('ann', { keep: [] })
    await d.pass(DAY)
    await d.emit(WORK)
    await d.settle()
    expect(await alerts()).toHaveLength(2)
    const again = await d.emit(WORK)
    await d.settle()
    expect(d.shown()).not.toContain(again)
  })

  it('is dropped when it had been held before the type was taken out', async () => {
    const d = await Delivery.open({ governor: { min: 1, rate: 1 } })
    await d.device('ann')
    await d.emit(WORK)
    await d.settle()
    await d.pass(2 * DAY)
    d.presence = { focused: 1, threads: [] }
    const held = await d.emit(WORK)
    d.presence = { focused: 0, threads: [] }
    await d.emit({ ...WORK, channels: ['push'] })
    await d.settle()
    await d.pass(10_000)
    expect((await d.steps(held)).at(-1)).toBe('push dropped governor')
  })
})

type Meanwhile = (d: Delivery, device: string, ids: readonly string[]) => Promise<void>

/** Twenty pushes of a type to ann, and two days later the one that has the type judged. */
async function openIgnored(fields: object = WORK, meanwhile: Meanwhile = async () => {}) {
  const d = await Delivery.open()
  const device = await d.device('ann')
  const ids: string[] = []
  for (let i = 0; i < 20; i++) ids.push(await d.emit({ ...fields }))
  await d.settle()
  await meanwhile(d, device, ids)
  await d.pass(2 * DAY)
  await d.emit({ ...fields })
  await d.settle()
  return {
    d,
    alerts: async () => {
      const { rows } = await d.backend.store.listEvents({ userId: 'ann', type: 'system.alert', limit: 10 })
      return rows.map((row): unknown => JSON.parse(row.json))
    },
  }
}
