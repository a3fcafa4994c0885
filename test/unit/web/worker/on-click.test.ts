import { describe, expect, it } from 'vitest'
import { allowedUrl } from '../../../../web/worker/allowed-url.ts'
import { isOurNotice, onClick, onClose } from '../../../../web/worker/on-click.ts'
import { onPush } from '../../../../web/worker/on-push.ts'
import type { Reply } from '../../../../web/worker/ports.ts'
import { aMessage, BASE, ORIGIN, RECORD, WorkerStage } from '../../../support/worker-stage.ts'

const TASK = `${ORIGIN}/tasks/7`

async function click(stage: WorkerStage, data: object = { url: TASK }, action = '') {
  const state = stage.put('evt_7', data)
  await onClick(stage.ports, stage.screen.at(-1)!, action)
  return state
}

/** What happened, without what the agent was told. */
function moves(stage: WorkerStage): readonly string[] {
  return stage.steps.filter(step => !step.startsWith('POST'))
}

describe('a click on a notification', () => {
  it('closes it, opens its page and then says so', async () => {
    const stage = new WorkerStage()
    expect((await click(stage)).closed).toBe(true)
    expect(stage.opened).toEqual([TASK])
    expect(stage.steps).toEqual(['open', 'POST /api/push/receipt'])
    expect(stage.requests[0]?.body).toMatchObject({ event: 'evt_7', what: 'clicked', device: 'dev_1' })
    expect(stage.values.get('click')).toEqual({ event: 'evt_7', url: TASK, at: stage.now })
  })

  it('shows the page that is there: the message first, then the focus, and leads it nowhere', async () => {
    const stage = new WorkerStage()
    stage.page('looked-at', '/other', { focused: true })
    stage.page('there', '/tasks/7#comment-3')
    await click(stage)
    expect(moves(stage)).toEqual(['ask there evt_7', 'focus there'])
  })

  it.each([
    ['the one that is looked at', [{ visible: true }, { focused: true }, {}], '1'],
    ['one that can be seen', [{}, { visible: true }], '1'],
    ['any', [{}, {}], '0'],
  ] as const)('takes %s when none is there, and leads it', async (_what, traits, chosen) => {
    const stage = new WorkerStage()
    for (const [i, trait] of traits.entries()) stage.page(String(i), '/elsewhere', trait)
    await click(stage)
    expect(moves(stage)).toEqual([`ask ${chosen} evt_7`, `focus ${chosen}`, `navigate ${chosen} ${TASK}`])
    expect(stage.opened).toEqual([])
  })

  it('leads no page that shows it itself, and leaves no click for another', async () => {
    const stage = new WorkerStage()
    stage.answer = { ec: 'taken' }
    stage.page('a', '/elsewhere', { focused: true })
    await click(stage)
    expect(moves(stage)).toEqual(['ask a evt_7', 'focus a'])
    expect(stage.values.has('click')).toBe(false)
  })

  it('opens a new page when the focus is refused', async () => {
    const stage = new WorkerStage()
    stage.page('a', '/tasks/7', { mayFocus: false })
    await click(stage)
    expect(moves(stage)).toEqual(['ask a evt_7', 'focus a', 'open'])
    expect(stage.opened).toEqual([TASK])
  })

  it('opens a new page when the old one cannot be led there', async () => {
    const stage = new WorkerStage()
    stage.page('a', '/elsewhere', { focused: true, mayGo: false })
    await click(stage)
    expect(moves(stage)).toEqual(['ask a evt_7', 'focus a', `navigate a ${TASK}`, 'open'])
  })

  it('does not use the click up on a page that it may not lead anywhere', async () => {
    const stage = new WorkerStage()
    stage.controlled = () => false
    stage.page('a', '/elsewhere', { focused: true })
    await click(stage)
    expect(moves(stage)).toEqual(['ask a evt_7', 'open'])
    const taken = new WorkerStage()
    taken.controlled = () => false
    taken.answer = { ec: 'taken' }
    taken.page('a', '/elsewhere', { focused: true })
    await click(taken)
    expect(moves(taken)).toEqual(['ask a evt_7', 'focus a'])
  })

  it('only opens pages of other sites that are allowed', async () => {
    const stage = new WorkerStage()
    stage.page('a', '/tasks/7', { focused: true })
    await click(stage, { url: 'https://docs.example.org/7' })
    expect(moves(stage)).toEqual(['open'])
    expect(stage.opened).toEqual(['https://docs.example.org/7'])
  })

  it('works when nothing may be opened and when the store does not answer', async () => {
    for (const store of ['fails', 'hangs'] as const) {
      const stage = new WorkerStage()
      stage.store = store
      stage.mayOpen = false
      await click(stage)
      expect(moves(stage)).toEqual(['open'])
    }
  })

  it('leaves what is not ours alone', async () => {
    const stage = new WorkerStage()
    stage.screen.push({ tag: 'theirs', data: { url: '/' }, close: () => {} })
    expect(isOurNotice(stage.screen[0]!)).toBe(false)
    await onClick(stage.ports, stage.screen[0]!, '')
    expect(stage.steps).toEqual([])
  })
})

describe('where a click may lead', () => {
  it.each([
    [TASK, TASK],
    ['/tasks/7?a=b#c', `${ORIGIN}/tasks/7?a=b#c`],
    ['https://docs.example.org/x', 'https://docs.example.org/x'],
    ['https://evil.example/x', `${ORIGIN}/inbox`],
    ['http://app.example.org/x', `${ORIGIN}/inbox`],
    ['https://app.example.org.evil.example/', `${ORIGIN}/inbox`],
    ['https://app.example.org@evil.example/', `${ORIGIN}/inbox`],
    ['javascript:alert(1)', `${ORIGIN}/inbox`],
    ['data:text/html,x', `${ORIGIN}/inbox`],
    ['blob:https://app.example.org/7', `${ORIGIN}/inbox`],
    ['https://', `${ORIGIN}/inbox`],
    [`${BASE}/inbox`, `${ORIGIN}/inbox`],
    [null, `${ORIGIN}/inbox`],
  ])('%s -> %s', (url, led) => {
    expect(allowedUrl(url, ORIGIN, RECORD)).toBe(led)
  })

  it('is the site alone as long as nobody said more', () => {
    expect(allowedUrl('https://docs.example.org/x', ORIGIN, null)).toBe(`${ORIGIN}/`)
    expect(allowedUrl(TASK, ORIGIN, null)).toBe(TASK)
  })
})

describe('a button', () => {
  const data = {
    url: TASK,
    question: 'act_7',
    options: [
      { id: 'yes', label: 'Yes, deploy' },
      { id: 'no', label: 'Not now' },
    ],
  }
  const press = async (reply: Reply, lang = 'en') => {
    const stage = new WorkerStage({ ...RECORD, lang })
    stage.agent = (_method, path) => (path === '/api/push/answer' ? reply : { status: 204, body: null })
    const state = await click(stage, data, 'answer:yes')
    return { stage, state, said: stage.shown.map(({ title }) => title) }
  }

  it('answers, closes the notification, tells the pages, and opens nothing', async () => {
    const { stage, state, said } = await press({ status: 204, body: null })
    expect(stage.requests[0]).toEqual({
      method: 'POST',
      url: '/api/push/answer',
      body: { device: 'dev_1', secret: 'a-secret', question: 'act_7', option: 'yes' },
    })
    expect(stage.requests[1]?.body).toMatchObject({ what: 'clicked', event: 'evt_7' })
    expect([state.closed, said, stage.opened]).toEqual([true, [], []])
    expect(stage.news).toEqual([{ ec: 'answered', question: 'act_7', option: 'yes' }])
  })

  it.each<[string, Reply, string, readonly string[]]>([
    [
      'another came first',
      { status: 409, body: { winner: { option: 'no' } } },
      'Already answered: Not now',
      ['clicked'],
    ],
    ['somebody unknown came first', { status: 409, body: null }, 'Already answered', ['clicked']],
    [
      'the question ended',
      { status: 410, body: { code: 'EC_QUESTION_CLOSED' } },
      'This question has ended',
      ['clicked'],
    ],
    ['there is no such question', { status: 404, body: null }, 'This question has ended', ['clicked']],
    ['it is not believed', { status: 403, body: null }, 'The answer was not sent', []],
    ['it needs more', { status: 422, body: null }, 'The answer was not sent', []],
  ])('says so when %s', async (_what, reply, title, receipts) => {
    const { stage, said } = await press(reply)
    expect(said).toEqual([title])
    expect(stage.outbox).toEqual([])
    expect(stage.requests.slice(1).map(({ body }) => Reflect.get(Object(body), 'what'))).toEqual(receipts)
    // A click on that leads to the question.
    const [notice] = stage.shown
    stage.screen.push({ tag: '', data: notice?.options.data, close: () => {} })
    await onClick(stage.ports, stage.screen.at(-1)!, '')
    expect(stage.opened).toEqual([TASK])
  })

  it.each([0, 429, 500, 503])('waits when there is no way (%i), and is sent once there is', async status => {
    const { stage, said } = await press({ status, body: null })
    expect(said).toEqual(['The answer is waiting'])
    expect(stage.outbox).toMatchObject([{ kind: 'answer', question: 'act_7', option: 'yes' }])
    expect(stage.syncs).toBe(1)
    // Nobody is told that the event was dealt with.
    expect(stage.requests.filter(({ url }) => url === '/api/push/receipt')).toEqual([])
    const waiting = { closed: false }
    stage.screen.push({
      tag: 'ec-answer:act_7',
      data: stage.shown[0]?.options.data,
      close: () => (waiting.closed = true),
    })
    stage.agent = () => ({ status: 204, body: null })
    await onPush(stage.ports, { text: aMessage(), proposal: null, badge: null })
    expect(stage.outbox).toEqual([])
    expect(waiting.closed).toBe(true)
    expect(stage.news.at(-1)).toEqual({ ec: 'answered', question: 'act_7', option: 'yes' })
    expect(stage.shown).toHaveLength(2)
  })

  it('that waited and came too late says so', async () => {
    const { stage } = await press({ status: 0, body: null }, 'ru')
    stage.agent = () => ({ status: 409, body: { winner: { option: 'no' } } })
    await onClose(stage.ports, { tag: '', data: { id: 'evt_9', ec: { id: 'evt_9' } }, close: () => {} })
    expect(stage.shown.at(-1)).toMatchObject({ title: 'Уже есть ответ: no', options: { tag: 'ec-answer:act_7' } })
    expect(stage.outbox).toEqual([])
  })

  it('that waited for more than a day is not sent any more, and says so', async () => {
    const { stage } = await press({ status: 0, body: null }, 'es')
    stage.agent = () => ({ status: 204, body: null })
    stage.now += 25 * 3_600_000
    const before = stage.requests.length
    await onClose(stage.ports, { tag: '', data: { id: 'evt_9', ec: { id: 'evt_9' } }, close: () => {} })
    expect(stage.requests.slice(before).map(({ url }) => url)).toEqual(['/api/push/receipt'])
    expect(stage.shown.at(-1)?.title).toBe('La respuesta no se envió')
    expect(stage.outbox).toEqual([])
  })

  it('named open leads to the page', async () => {
    const stage = new WorkerStage()
    await click(stage, data, 'open')
    expect(stage.opened).toEqual([TASK])
  })
})

describe('a notification that is put away', () => {
  it('says that it was', async () => {
    const stage = new WorkerStage()
    stage.put('evt_7')
    await onClose(stage.ports, stage.screen[0]!)
    expect(stage.requests[0]?.body).toMatchObject({ event: 'evt_7', what: 'dismissed' })
  })

  it('by the worker itself, or by a click, is not put away by anybody', async () => {
    const stage = new WorkerStage()
    await click(stage)
    const [clicked] = stage.screen
    stage.put('evt_8')
    await onPush(stage.ports, {
      text: aMessage({ ec: { id: 'evt_9', close: ['evt_8'] } }),
      proposal: null,
      badge: null,
    })
    stage.requests.length = 0
    for (const notice of [clicked!, stage.screen[1]!]) await onClose(stage.ports, notice)
    expect(stage.requests).toEqual([])
    // Shown once more, it can be put away.
    await onPush(stage.ports, { text: aMessage({ ec: { id: 'evt_8' } }), proposal: null, badge: null })
    await onClose(stage.ports, stage.screen[1]!)
    expect(stage.requests.at(-1)?.body).toMatchObject({ event: 'evt_8', what: 'dismissed' })
  })

  it('for a newer one of the same tag is not put away by anybody', async () => {
    const stage = new WorkerStage()
    stage.put('evt_6', {}, 'tag-7')
    stage.put('evt_5', {}, 'another')
    await onPush(stage.ports, { text: aMessage(), proposal: null, badge: null })
    stage.requests.length = 0
    for (const notice of stage.screen) await onClose(stage.ports, notice)
    expect(stage.requests.map(({ body }) => body)).toMatchObject([{ event: 'evt_5', what: 'dismissed' }])
  })

  it('of no event says nothing', async () => {
    const stage = new WorkerStage()
    await onClose(stage.ports, { tag: '', data: { id: null, ec: { id: null } }, close: () => {} })
    await onClose(stage.ports, { tag: '', data: null, close: () => {} })
    expect(stage.requests).toEqual([])
  })
})
