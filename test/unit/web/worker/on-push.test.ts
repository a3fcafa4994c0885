import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOurs, onPush, type Arrived } from '../../../../web/worker/on-push.ts'
import { runs } from '../../../support/long.ts'
import { aMessage, BASE, ORIGIN, RECORD, WorkerStage } from '../../../support/worker-stage.ts'

const push = (stage: WorkerStage, text: string | null = aMessage(), more: Partial<Arrived> = {}) =>
  onPush(stage.ports, { text, proposal: null, badge: null, ...more })

const QUESTION = {
  notification: {
    requireInteraction: true,
    actions: [
      { action: 'answer:yes', title: 'Yes' },
      { action: 'answer:no', title: 'No' },
    ],
  },
  ec: { type: 'action.required', question: 'act_7', options: ['yes', 'no'] },
}

describe('a push', () => {
  it('is shown as it says, before anybody is told of it', async () => {
    const stage = new WorkerStage()
    await push(stage)
    expect(stage.shown).toEqual([
      {
        title: 'Deploy?',
        options: {
          body: 'Version 2 is ready.',
          tag: 'tag-7',
          dir: 'auto',
          icon: `${BASE}/icons/icon-192.png`,
          badge: `${BASE}/icons/badge-96.png`,
          timestamp: 1_767_603_600_000,
          renotify: false,
          data: {
            id: 'evt_7',
            ec: { id: 'evt_7', url: `${ORIGIN}/tasks/7`, question: null, options: [], lang: null },
          },
        },
      },
    ])
    expect(stage.steps).toEqual(['show', 'POST /api/push/receipt'])
    expect(stage.requests[0]?.body).toEqual({
      device: 'dev_1',
      secret: 'a-secret',
      event: 'evt_7',
      what: 'shown',
      at: '2026-01-05T09:00:00.000Z',
    })
    expect(stage.news).toEqual([{ ec: 'shown', event: 'evt_7', type: 'job.done' }])
    expect(stage.badge).toBe(3)
  })

  it.each<[string, string | null, Partial<Arrived>]>([
    ['of an event', aMessage(), {}],
    ['of a question', aMessage(QUESTION), {}],
    ['without a message', null, {}],
    ['with an empty message', '', {}],
    ['with a text that is no JSON', 'hello', {}],
    ['with a list', '[1,2]', {}],
    ['with null', 'null', {}],
    ['with fields of other types', '{"notification":7,"ec":[],"app_badge":"x"}', {}],
    ['of somebody else', '{"title":"Sale","body":"Today","url":"https://shop.example/"}', {}],
    ['with an event and nothing else', '{"ec":{"id":"evt_1"}}', {}],
    ['that the browser would show by itself', null, { proposal: { title: 'T', data: { id: 'evt_1' } } }],
  ])('%s ends in one notification, with words', async (_what, text, more) => {
    for (const store of ['works', 'fails', 'hangs'] as const) {
      const stage = new WorkerStage()
      stage.store = store
      await push(stage, text, more)
      expect(stage.shown).toHaveLength(1)
      expect(stage.shown[0]?.title).not.toBe('')
    }
  })

  it('ends in one notification, whatever comes', async () => {
    const message = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map(given => JSON.stringify({ ec: { id: 'e' }, ...given })),
    )
    await fc.assert(
      fc.asyncProperty(message, async text => {
        const stage = new WorkerStage()
        await push(stage, text)
        expect(stage.shown).toHaveLength(1)
      }),
      { numRuns: runs(200) },
    )
  })

  it('is shown in plain words when the browser refuses an option, and its buttons cannot be had', async () => {
    const stage = new WorkerStage()
    stage.takes = ({ options }) => options.actions === undefined
    await push(stage, aMessage(QUESTION))
    expect(stage.refusedToShow).toHaveLength(1)
    expect(stage.shown).toMatchObject([{ title: 'Deploy?', options: { body: 'Version 2 is ready.', tag: 'tag-7' } }])
    expect(stage.shown[0]?.options.data).toMatchObject({ id: 'evt_7' })
  })

  it('does not fail when nothing may be shown, and then says nothing of having been shown', async () => {
    const stage = new WorkerStage()
    stage.takes = () => false
    await push(stage)
    expect(stage.shown).toEqual([])
    expect(stage.requests).toEqual([])
  })

  it('of nobody known tells the agent nothing', async () => {
    const stage = new WorkerStage(null)
    await push(stage)
    expect(stage.shown).toHaveLength(1)
    expect(stage.requests).toEqual([])
  })

  it.each([
    ['info', 'job.done', false],
    ['warning', 'job.done', true],
    ['error', 'system.alert', true],
    ['critical', 'system.alert', true],
    ['info', 'message.new', true],
    ['info', 'action.required', false],
  ])('of level %s and type %s alerts again in the place of another: %s', async (level, type, renotify) => {
    const stage = new WorkerStage()
    await push(stage, aMessage({ ec: { level, type } }))
    expect(stage.shown[0]?.options.renotify).toBe(renotify)
    expect(stage.shown[0]?.options.silent).toBeUndefined()
  })

  it('that comes twice alerts once, whether the first is still there or was put away', async () => {
    const stage = new WorkerStage()
    const loud = aMessage({ ec: { level: 'critical' } })
    await push(stage, loud)
    await push(stage, loud)
    expect(stage.shown.map(({ options }) => [options.renotify, options.silent ?? false])).toEqual([
      [true, false],
      [false, true],
    ])
    const other = new WorkerStage()
    other.put('evt_7')
    await push(other, loud)
    expect(other.shown[0]?.options).toMatchObject({ renotify: false, silent: true })
  })

  it('closes what is done with elsewhere, and never itself', async () => {
    const stage = new WorkerStage()
    const [read, other, own] = [stage.put('evt_1'), stage.put('evt_2'), stage.put('evt_7', {}, 'tag-7')]
    await push(stage, aMessage({ ec: { close: ['evt_1', 'evt_7', 'evt_9'] } }))
    expect([read.closed, other.closed, own.closed]).toEqual([true, false, false])
  })

  it('has the words that it lacks in the language of its own, of the person, of the browser', async () => {
    expect(await title(null, 'ru')).toBe('Новое уведомление')
    expect(await title(null, 'es-MX')).toBe('Tienes una notificación nueva')
    expect(await title(null, 'fr')).toBe('You have a new notification')
    expect(await title('{"ec":{"id":"evt_1"},"notification":{"lang":"ru-RU"}}', 'es')).toBe('Новое уведомление')
  })

  it('that a browser would show by itself keeps where it leads, as far as that is allowed', async () => {
    expect(await shownFor(`${ORIGIN}/tasks/7`)).toMatchObject({
      title: 'Deploy?',
      options: { navigate: `${ORIGIN}/tasks/7` },
    })
    expect((await shownFor('https://evil.example/'))?.options.navigate).toBe(`${ORIGIN}/inbox`)
  })

  it('keeps its receipt while there is no way to the agent, and says it with the next one', async () => {
    const stage = new WorkerStage()
    stage.agent = () => ({ status: 0, body: null })
    await push(stage)
    expect(stage.outbox).toMatchObject([{ kind: 'receipt', event: 'evt_7', what: 'shown' }])
    expect(stage.syncs).toBe(1)
    stage.agent = () => ({ status: 204, body: null })
    stage.now += 60_000
    await push(stage, aMessage({ ec: { id: 'evt_8' }, notification: { tag: 'tag-8' } }))
    expect(stage.outbox).toEqual([])
    const said = stage.requests.slice(-2).map(({ body }) => body)
    expect(said).toMatchObject([{ event: 'evt_8' }, { event: 'evt_7', at: '2026-01-05T09:00:00.000Z' }])
  })

  it('forgets a receipt that the agent will never take', async () => {
    const stage = new WorkerStage()
    stage.agent = () => ({ status: 403, body: null })
    await push(stage)
    expect(stage.outbox).toEqual([])
  })

  it('keeps a bounded number of receipts, the newest', async () => {
    const stage = new WorkerStage()
    stage.agent = () => ({ status: 503, body: null })
    for (let n = 0; n < 130; n++) await push(stage, aMessage({ ec: { id: `evt_${n}` } }))
    expect(stage.outbox).toHaveLength(100)
    expect(stage.outbox.at(-1)).toMatchObject({ event: 'evt_129' })
  })
})

describe('in a worker that is not ours alone', () => {
  it.each<[string, boolean]>([
    [aMessage(), true],
    ['{"ec":{"id":"evt_1"}}', true],
    ['{"title":"Sale"}', false],
    ['{"web_push":8030,"notification":{"title":"theirs","navigate":"/"}}', false],
    ['hello', false],
    ['', false],
  ])('%s is ours: %s', (text, ours) => {
    expect(isOurs({ text, proposal: null, badge: null })).toBe(ours)
  })
})

describe('the buttons of a notification', () => {
  it('are the options that came, and one that leads to those that did not', async () => {
    const shown = async (options: readonly unknown[], actions: readonly object[]) => {
      const stage = new WorkerStage()
      await push(stage, aMessage({ notification: { actions }, ec: { ...QUESTION.ec, options } }))
      return stage.shown[0]?.options.actions?.map(({ action, title }) => [action, title])
    }
    const [yes, no] = QUESTION.notification.actions
    expect(await shown(['yes', 'no'], [yes!, no!])).toEqual([
      ['answer:yes', 'Yes'],
      ['answer:no', 'No'],
    ])
    const wipe = { id: 'wipe', label: 'Wipe it', style: 'danger' }
    expect(await shown(['yes', wipe], [yes!])).toEqual([
      ['answer:yes', 'Yes'],
      ['open', 'More options'],
    ])
    expect(await shown(['yes', 'no', wipe], [yes!, no!])).toHaveLength(2)
    expect(await shown([wipe], [])).toBeUndefined()
    expect(await shown(['yes', 'no'], [yes!, no!, { action: 'answer:x', title: 'X' }])).toHaveLength(2)
    expect(await shown(['yes'], [yes!, { action: 7 }, 'x' as never])).toHaveLength(1)
  })
})

/** What a push is called that goes to a person who reads `lang`. */
async function title(text: string | null, lang: string) {
  const stage = new WorkerStage({ ...RECORD, lang })
  await push(stage, text)
  return stage.shown[0]?.title
}

/** What is shown in the place of a notification that the browser would show by itself. */
async function shownFor(navigate: string) {
  const stage = new WorkerStage()
  // As a browser gives it: nothing of it is its own.
  class Proposal {
    readonly #url = navigate
    get title() {
      return this.#url === '' ? '' : 'Deploy?'
    }
    get navigate() {
      return this.#url
    }
    get data() {
      return this.#url === '' ? null : { id: 'evt_7' }
    }
  }
  await push(stage, null, { proposal: new Proposal(), badge: 4 })
  expect(stage.badge).toBe(4)
  expect(stage.requests).toHaveLength(1)
  return stage.shown[0]
}
