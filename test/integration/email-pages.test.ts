import { describe, expect, it } from 'vitest'
import { FakeClock } from '../support/fake-clock.ts'
import { openLiveEmail, type LiveEmailOptions } from '../support/live-email.ts'
import { openDoors } from '../unit/agent/http/doors.ts'

type Asked = Readonly<Record<string, unknown>>

async function open(options: LiveEmailOptions = {}, expose: readonly ('pages' | 'api')[] = ['pages']) {
  const mail = await openLiveEmail(options)
  const doors = await openDoors({
    api: { email: mail.email.api },
    listeners: { public: { host: '127.0.0.1', port: 0, expose } },
  })
  const { store } = mail.agent.backend

  /** Mails an event and gives what its links lead to here, on the public listener. */
  async function linksOf(fields: Asked, user = 'ana'): Promise<readonly string[]> {
    await mail.deliver(await mail.append(user, fields))
    const html = mail.server.received.at(-1)?.parsed.html
    return [...(html || '').matchAll(/https:\/\/ec\.example\.org(\/[au]\/[\w-]+)/g)].map(([, path = '']) => path)
  }

  const get = (path: string, init: RequestInit = {}) => fetch(`${doors.publicUrl}${path}`, init)
  const post = (path: string, form: Readonly<Record<string, string>> = {}) =>
    get(path, { method: 'POST', body: new URLSearchParams(form) })
  const question = async (id: string) => (await store.getQuestions(id, 'ana'))[0]
  return { ...mail, doors, store, linksOf, get, post, question }
}

const QUESTION = {
  id: 'q1',
  type: 'action.required',
  title: 'Draft A or B?',
  body: 'A is short.\n\nB tells <the> story.',
  data: {
    options: [
      'A',
      { id: 'b', label: 'Draft B' },
      { id: 'c', label: 'Other', style: 'danger', input: { label: 'Why', required: true, max: 10 } },
    ],
  },
}

describe('the page of a question', () => {
  it('shows the question and a button for each option, that of the link first, and changes nothing', async () => {
    const { linksOf, get, putUser, question } = await open()
    await putUser('ana', 'ana@example.net')
    const [, second = ''] = await linksOf(QUESTION)
    const response = await get(second)
    expect(response.status).toBe(200)
    const html = await response.text()
    expect(html).toContain('<html lang="en">')
    expect(html).toContain('B tells &lt;the&gt; story.')
    expect([...html.matchAll(/<button[^>]*>([^<]*)/g)].map(([, label]) => label)).toEqual(['Draft B', 'A', 'Other'])
    expect(html).toMatch(/<label for="text-2">Why<\/label>\s*<textarea[^>]*maxlength="10" required>/)
    expect(html).not.toContain('<script')
    expect((await question('q1'))?.state).toBe('open')
  })

  it('answers when its button is pressed, once', async () => {
    const { linksOf, post, get, putUser, question } = await open()
    await putUser('ana', 'ana@example.net')
    const [first = '', second = ''] = await linksOf(QUESTION)
    const taken = await post(second, { option: '1' })
    expect(taken.status).toBe(200)
    expect(await taken.text()).toContain('Thank you. Your answer: Draft B')
    expect((await question('q1'))?.answer).toMatchObject({ option: 'b', by: 'user' })
    const again = await post(first, { option: '0' })
    expect(again.status).toBe(409)
    expect(await again.text()).toContain('This was answered: Draft B')
    const seen = await (await get(first)).text()
    expect(seen).toContain('This was answered: Draft B')
    expect(seen).not.toContain('<button')
    expect((await question('q1'))?.answer?.option).toBe('b')
  })

  it('answers with the option of the link when the form says none', async () => {
    const { linksOf, post, putUser, question } = await open()
    await putUser('ana', 'ana@example.net')
    const [first = ''] = await linksOf(QUESTION)
    expect((await post(first)).status).toBe(200)
    expect((await question('q1'))?.answer?.option).toBe('A')
  })

  it('takes a text where one is asked for, and within its limit', async () => {
    const { linksOf, post, putUser, question } = await open()
    await putUser('ana', 'ana@example.net')
    const [, , third = ''] = await linksOf(QUESTION)
    for (const input of ['', '   ', 'far too long a text']) {
      const refused = await post(third, { option: '2', input })
      expect(refused.status).toBe(422)
      expect(await refused.text()).toContain('needs a text within its limit')
    }
    for (const option of ['3', '-1', 'b', '99999']) expect((await post(third, { option })).status).toBe(422)
    expect((await question('q1'))?.state).toBe('open')
    expect((await post(third, { option: '2', input: 'a\r\nb' })).status).toBe(200)
    expect((await question('q1'))?.answer).toMatchObject({ option: 'c', input: 'a\nb' })
  })

  it('has one winner of fifty who answer at once', async () => {
    const { linksOf, post, putUser, question } = await open()
    await putUser('ana', 'ana@example.net')
    const [first = '', second = ''] = await linksOf(QUESTION)
    const replies = await Promise.all(
      Array.from({ length: 50 }, (_, i) => post(i % 2 === 0 ? first : second, { option: String(i % 2) })),
    )
    const winner = (await question('q1'))?.answer?.option
    const won = replies.filter(({ status }) => status === 200)
    // The same answer again is no loser.
    expect(won).toHaveLength(25)
    for (const reply of won) expect(await reply.text()).toContain(winner === 'A' ? 'answer: A' : 'answer: Draft B')
    expect(replies.filter(({ status }) => status === 409)).toHaveLength(25)
  })

  it('is not answered by a scanner that opens every link in every harmless way', async () => {
    const { linksOf, get, putUser, question, store } = await open()
    await putUser('ana', 'ana@example.net')
    const links = await linksOf(QUESTION)
    for (const link of links) {
      for (const method of ['GET', 'HEAD']) {
        const response = await get(link, { method, headers: { purpose: 'prefetch' } })
        expect(response.status).toBe(200)
      }
      expect((await get(`${link}?utm_source=mail&utm_source=again`)).status).toBe(200)
    }
    expect((await question('q1'))?.state).toBe('open')
    expect((await store.getPerson('ana'))?.preferences.channels).toEqual([])
  })

  it('says that the time is over, that the default counts, and that it was withdrawn', async () => {
    const clock = new FakeClock()
    const { agent, linksOf, get, post, putUser } = await open({ clock })
    await putUser('ana', 'ana@example.net', 'ru')
    const expires_at = new Date(clock.now() + 60_000).toISOString()
    const [late = ''] = await linksOf({ ...QUESTION, id: 'q1', expires_at })
    const data = { ...QUESTION.data, default_option: 'b' }
    const [defaulted = ''] = await linksOf({ ...QUESTION, id: 'q2', expires_at, data })
    const [gone = ''] = await linksOf({ ...QUESTION, id: 'q3' })
    await agent.questions.api.cancel({ kind: 'operator', by: 'test' }, 'q3', 'ana')
    clock.advance(60_000)
    for (const id of ['q1', 'q2']) await agent.questions.expire('ana', id)
    expect(await (await get(late)).text()).toContain('Время для ответа вышло.')
    expect((await post(late)).status).toBe(410)
    const html = await (await get(defaulted)).text()
    expect(html).toContain('Draft B')
    expect(html).toContain('засчитан ответ по умолчанию')
    expect(await (await get(gone)).text()).toContain('Вопрос снят.')
    clock.advance(86_400_000)
    expect((await get(late)).status).toBe(404)
  })

  it('says who answered when it was not the person', async () => {
    const { agent, linksOf, get, putUser } = await open()
    await putUser('ana', 'ana@example.net')
    const [first = ''] = await linksOf(QUESTION)
    const given = { option: 'b', input: null }
    await agent.questions.api.answer({ kind: 'operator', by: 'test' }, 'q1', 'ana', given, null)
    expect(await (await get(first)).text()).toContain('answered for you by the operator')
  })

  it('ends thirty days after the mail when the question has no deadline', async () => {
    const clock = new FakeClock()
    const { linksOf, get, putUser } = await open({ clock })
    await putUser('ana', 'ana@example.net')
    const [first = ''] = await linksOf(QUESTION)
    clock.advance(30 * 86_400_000 - 1)
    expect((await get(first)).status).toBe(200)
    clock.advance(1)
    expect((await get(first)).status).toBe(404)
  })
})

describe('the page that ends mail', () => {
  it('ends mail of a kind by one click without cookie, login or page', async () => {
    const { linksOf, get, store, putUser } = await open()
    await putUser('ana', 'ana@example.net')
    const [stop = ''] = await linksOf({ type: 'job.done' })
    const response = await get(stop, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'List-Unsubscribe=One-Click',
      redirect: 'error',
    })
    expect(response.status).toBe(200)
    expect((await store.getPerson('ana'))?.preferences.channels).toEqual([{ type: 'job.done', email: false }])
  })

  it('takes the form that RFC 8058 prefers, multipart, too', async () => {
    const { linksOf, get, store, putUser } = await open()
    await putUser('ana', 'ana@example.net')
    const [stop = ''] = await linksOf({ type: 'job.done' })
    const form = new FormData()
    form.set('List-Unsubscribe', 'One-Click')
    expect((await get(stop, { method: 'POST', body: form })).status).toBe(200)
    expect((await store.getPerson('ana'))?.preferences.channels).toEqual([{ type: 'job.done', email: false }])
  })

  it('asks a person, and ends all mail when that is wanted', async () => {
    const { linksOf, get, post, store, putUser } = await open()
    await putUser('ana', 'ana@example.net', 'es')
    const [stop = ''] = await linksOf({ type: 'job.done' })
    const html = await (await get(stop)).text()
    expect(html).toContain('No recibir correos del tipo «Listo»')
    expect((await store.getPerson('ana'))?.preferences.channels).toEqual([])
    expect(await (await post(stop, { scope: 'all' })).text()).toContain('Todos los correos están desactivados.')
    expect((await store.getPerson('ana'))?.preferences.channels).toEqual([{ type: '*', email: false }])
  })

  it('works twice, and years later', async () => {
    const clock = new FakeClock()
    const { linksOf, post, store, putUser } = await open({ clock })
    await putUser('ana', 'ana@example.net')
    const [stop = ''] = await linksOf({ type: 'job.done' })
    clock.advance(3 * 365 * 86_400_000)
    expect((await post(stop)).status).toBe(200)
    expect((await post(stop)).status).toBe(200)
    expect((await store.getPerson('ana'))?.preferences.channels).toHaveLength(1)
  })

  it('knows nothing of a user who was erased, and makes none', async () => {
    const { linksOf, post, store, putUser } = await open()
    await putUser('ana', 'ana@example.net')
    const [stop = ''] = await linksOf({ type: 'job.done' })
    await store.eraseUser('ana')
    expect((await post(stop)).status).toBe(404)
    expect(await store.getUser('ana')).toBeNull()
  })
})

describe('both pages', () => {
  it('keep to themselves: no script, nothing from elsewhere, no trace of the link, no copy', async () => {
    const { linksOf, get, putUser } = await open()
    await putUser('ana', 'ana@example.net')
    for (const link of await linksOf(QUESTION)) {
      const { headers } = await get(link)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; form-action 'self'; /)
      expect(policy).toContain("frame-ancestors 'none'")
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('x-robots-tag')).toContain('noindex')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(headers.get('set-cookie')).toBeNull()
    }
  })

  it('take no token but their own, whole and unchanged', async () => {
    const { linksOf, get, post, putUser, question } = await open()
    await putUser('ana', 'ana@example.net')
    const links = await linksOf(QUESTION)
    const answer = links.find(link => link.startsWith('/a/')) ?? ''
    const stop = links.find(link => link.startsWith('/u/')) ?? ''
    const flipped = answer.slice(0, -3) + (answer.at(-3) === 'A' ? 'B' : 'A') + answer.slice(-2)
    const wrong = [
      answer.replace('/a/', '/u/'),
      stop.replace('/u/', '/a/'),
      answer.slice(0, -4),
      flipped,
      '/a/x',
      `${answer}A`,
      `${stop}AA`,
      '/u/AAAA',
    ]
    for (const link of wrong) {
      expect((await get(link)).status, link).toBe(404)
      const reply = await post(link, { option: '0', scope: 'all' })
      expect(reply.status, link).toBe(404)
      expect(await reply.text()).toContain('<title>Nothing to do here</title>')
    }
    const spanish = await get('/a/x', { headers: { 'accept-language': 'fr, es-ES;q=0.8, en;q=0.5' } })
    expect(await spanish.text()).toContain('Aquí no hay nada que hacer')
    expect((await question('q1'))?.state).toBe('open')
  })

  it('stand on the public listener only when pages are exposed', async () => {
    const { linksOf, get, putUser, doors } = await open({}, [])
    await putUser('ana', 'ana@example.net')
    const [first = ''] = await linksOf(QUESTION)
    expect((await get(first)).status).toBe(404)
    expect((await fetch(`${doors.url}${first}`)).status).toBe(200)
  })

  it('take small forms alone, and other paths take none', async () => {
    const { linksOf, get, post, putUser, doors } = await open({}, ['pages', 'api'])
    await putUser('ana', 'ana@example.net')
    const [first = ''] = await linksOf(QUESTION)
    expect((await post(first, { input: 'x'.repeat(40_000) })).status).toBe(413)
    const broken = { method: 'POST', headers: { 'content-type': 'multipart/form-data' }, body: 'x' }
    expect((await get(first, broken)).status).toBe(400)
    doors.bearers.set('op', { kind: 'operator', by: 'test' })
    const headers = { authorization: 'Bearer op' }
    const form = await get('/api/email/test', { method: 'POST', headers, body: new URLSearchParams({ user: 'ana' }) })
    expect(form.status).toBe(415)
  })
})
