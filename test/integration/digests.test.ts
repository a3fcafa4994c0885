import { describe, expect, it } from 'vitest'
import { Delivery } from '../support/delivery.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Ann in Madrid; it is Monday, 5 January, 10:00 there. Her digest comes at 08:00 unless she says otherwise. */
async function open(): Promise<Delivery> {
  const d = await Delivery.open({ mail: true })
  await d.know('ann', { email: 'ann@example.net', tz: 'Europe/Madrid', lang: 'en' })
  return d
}

const message = { type: 'message.new', channels: ['ws', 'email'], service: 'chat', title: 'Boris', body: 'Hello' }
const TO_EIGHT = 22 * HOUR

function subjects(d: Delivery): readonly (string | undefined)[] {
  return d.mails.received.map(({ parsed }) => parsed.subject)
}

function textOf(d: Delivery, nth = -1): string {
  return d.mails.received.at(nth)?.parsed.text ?? ''
}

describe('a chat message that asks for mail', () => {
  it('comes with the next digest of its user, and tells so before and after', async () => {
    const d = await open()
    const id = await d.emit(message)
    expect(await d.told(id)).toContain(
      'email: held back until 2026-01-06T07:00:00.000Z, when the next digest of ann comes; it is a line of that unless it is seen by then',
    )
    await d.pass(TO_EIGHT - 1)
    expect(subjects(d)).toEqual([])
    await d.pass(1)
    expect(subjects(d)).toEqual(['1 update: Chat'])
    expect(await d.told(id)).toContain('email: sent to a…@example.net in a digest at 2026-01-06T07:00:00.000Z')
    await d.pass(3 * DAY)
    expect(d.mails.received).toHaveLength(1)
  })

  it('goes at once when it is critical', async () => {
    const d = await open()
    await d.emit({ ...message, level: 'critical', title: 'Now' })
    await d.settle()
    expect(subjects(d)).toEqual(['Now'])
  })

  it('is not mailed to whoever wants no digest, and says how that is changed', async () => {
    const d = await open()
    await d.prefer('ann', { digest: null })
    const id = await d.emit(message)
    await d.pass(2 * DAY)
    expect(subjects(d)).toEqual([])
    expect(await d.told(id)).toContain(
      'email: not sent, ann wants no digest; `ec prefs digest --user ann --every daily`',
    )
  })

  it('is left out when it will have expired by then', async () => {
    const d = await open()
    const id = await d.emit({ ...message, expires_at: '2026-01-06T06:59:00Z' })
    expect(await d.told(id)).toContain(
      'the next digest of ann comes at 2026-01-06T07:00:00.000Z and it does not last so long',
    )
  })

  it('waits for the digest after the instant at which it is delivered', async () => {
    const d = await open()
    await d.emit({ ...message, deliver_at: '2026-01-07T12:00:00Z', title: 'Later' })
    await d.emit({ ...message, title: 'Now' })
    await d.pass(DAY)
    expect(textOf(d)).toContain('Now')
    expect(textOf(d)).not.toContain('Later')
    await d.pass(DAY)
    expect(d.mails.received).toHaveLength(1)
    await d.pass(DAY)
    expect(textOf(d)).toContain('Later')
  })
})

describe('a digest', () => {
  it('gathers by service and thread what was moved there, in one mail with one link to all', async () => {
    const d = await open()
    await d.prefer('ann', {
      channels: [
        { type: 'job.done', email: 'digest' },
        { type: 'task.*', email: 'digest' },
      ],
    })
    await d.emit({ ...message, thread: 't1', title: 'First' })
    await d.emit({ type: 'task.created', service: 'tasks', title: 'A task' })
    await d.emit({ ...message, thread: 't2', title: 'Other' })
    await d.emit({
      ...message,
      thread: 't1',
      title: 'Second',
      cta: { label: 'Open', url: 'https://chat.example.org/1' },
    })
    await d.emit({ type: 'job.done', title: 'Built' })
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['5 updates: Chat, Tasks, Other'])
    const lines = textOf(d)
      .split('\n')
      .map(line => line.trim())
    const order = ['Chat', 'First', 'Second', 'Other', 'Tasks', 'A task', 'Other', 'Built']
    const found = lines.flatMap(line => order.find(word => line === word || line.endsWith(`  ${word}`)) ?? [])
    expect(found).toEqual(order)
    expect(textOf(d)).toContain('https://chat.example.org/1')
    expect(textOf(d).match(/https:\/\/app\.example\.org\/inbox/g)).toHaveLength(1)
  })

  it('shows the gravest and newest fifty of many, and says how many more there are', async () => {
    const d = await open()
    await d.emit({ ...message, level: 'error', title: 'Grave' })
    for (let n = 1; n <= 60; n++) await d.emit({ ...message, title: `Line ${n}.` })
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['61 updates: Chat'])
    expect(textOf(d)).toContain('Grave')
    expect(textOf(d)).not.toContain('Line 11.')
    expect(textOf(d)).toContain('Line 12.')
    expect(textOf(d)).toContain('and 11 more')
  })

  it('takes so many and no more, and leaves the rest to the next one', async () => {
    const d = await open()
    const ids: string[] = []
    for (let n = 0; n < 2_300; n++) ids.push(await d.emit(message))
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['2,000 updates: Chat'])
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['2,000 updates: Chat', '300 updates: Chat'])
    expect((await d.steps(ids[1_999] ?? '')).at(-1)).toBe('email sent digest')
    expect((await d.steps(ids.at(-1) ?? '')).at(-1)).toBe('email sent digest')
  })

  it('leaves out what was seen, read, archived, answered or withdrawn by then, is muted, or has expired', async () => {
    const d = await open()
    await d.prefer('ann', { channels: [{ type: '*', email: 'digest' }] })
    const done = ['seen', 'read', 'archived', 'retracted'] as const
    const ids = await Promise.all(done.map(() => d.emit(message)))
    for (const [i, state] of done.entries()) await d.mark(ids[i] ?? '', state)
    const asked = await d.emit({ type: 'action.required', data: { options: ['A', 'B'] } })
    await d.questions.answerAs('ann', asked, { option: 'A', input: null }, 'ses_1')
    const muted = await d.emit({ ...message, thread: 'noise' })
    await d.prefer('ann', { mute: [{ thread: 'noise' }] })
    const stays = await d.emit({ ...message, title: 'Stays' })
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['1 update: Chat'])
    expect(textOf(d)).toContain('Stays')
    const ends = await Promise.all([...ids, asked, muted, stays].map(async id => (await d.steps(id)).at(-1)))
    expect(ends).toEqual([
      ...done.map(state => `email dropped ${state}`),
      'email dropped answered',
      'email dropped muted',
      'email sent digest',
    ])
  })

  it('takes what is snoozed along when the snooze has ended', async () => {
    const d = await open()
    const id = await d.emit(message)
    await d.snooze(id, 36 * HOUR)
    await d.pass(DAY)
    expect(subjects(d)).toEqual([])
    expect((await d.steps(id)).at(-1)).toBe('email held snoozed')
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['1 update: Chat'])
  })

  it('is not sent when it would be empty', async () => {
    const d = await open()
    await d.mark(await d.emit(message), 'read')
    await d.pass(3 * DAY)
    expect(d.mails.connections()).toBe(0)
  })

  it('comes at its instant in quiet hours too, which the person chose', async () => {
    const d = await open()
    await d.prefer('ann', { quiet_hours: { from: '06:00', to: '12:00' } })
    await d.emit(message)
    await d.pass(TO_EIGHT)
    expect(subjects(d)).toEqual(['1 update: Chat'])
  })

  it('is one mail for the cap, and waits when the person had enough', async () => {
    const d = await open()
    await d.prefer('ann', { caps: { email: { per_day: 1 } } })
    for (let n = 0; n < 3; n++) await d.emit(message)
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['3 updates: Chat'])
    const alone = await d.emit({ type: 'job.done', channels: ['email'] })
    await d.settle()
    expect(await d.told(alone)).toContain('ann had the 1 a day that are enough')
    await d.pass(21 * HOUR)
    await d.emit({ type: 'job.done', channels: ['email'], title: 'Alone' })
    const id = await d.emit(message)
    await d.pass(2 * HOUR)
    expect(subjects(d)).toEqual(['3 updates: Chat'])
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['3 updates: Chat', '1 update: Chat'])
    expect(await d.steps(id)).toContain('email sent digest')
  })

  it('waits for company as long as the person wants, for a week at most', async () => {
    const d = await open()
    await d.prefer('ann', { digest: { every: 'daily', at: '08:00', min_items: 3 } })
    const id = await d.emit(message)
    await d.emit(message)
    await d.pass(DAY)
    expect(subjects(d)).toEqual([])
    expect(await d.told(id)).toContain(
      'email: held back until 2026-01-07T07:00:00.000Z, since it has too little company',
    )
    await d.emit(message)
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['3 updates: Chat'])
    await d.emit(message)
    for (let day = 0; day < 6; day++) await d.pass(DAY)
    expect(d.mails.received).toHaveLength(1)
    await d.pass(DAY)
    expect(d.mails.received).toHaveLength(2)
  })

  it('goes by what the person says when it falls due', async () => {
    const d = await open()
    await d.emit(message)
    await d.prefer('ann', { digest: { every: 'weekly', weekday: 'wed', at: '09:00' } })
    await d.pass(DAY)
    expect(subjects(d)).toEqual([])
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['1 update: Chat'])
    await d.emit(message)
    await d.prefer('ann', { digest: { every: 'daily', at: '20:00' } })
    await d.emit(message)
    await d.pass(12 * HOUR)
    expect(subjects(d)).toEqual(['1 update: Chat', '2 updates: Chat'])
    const id = await d.emit(message)
    await d.prefer('ann', { digest: null })
    await d.pass(2 * DAY)
    expect(d.mails.received).toHaveLength(2)
    expect((await d.steps(id)).at(-1)).toBe('email dropped no_digest')
  })

  it('reaches nobody without an address, and says so line by line', async () => {
    const d = await open()
    const id = await d.emit(message)
    await d.know('ann', { email: null })
    await d.pass(DAY)
    expect(await d.told(id)).toContain('email: not sent, there is no address of ann to write to')
  })

  it('is ended by one click, without a word about single mails', async () => {
    const d = await open()
    await d.emit(message)
    await d.pass(DAY)
    const [mail] = d.mails.received
    const link = mail?.parsed.headerLines.find(({ key }) => key === 'list-unsubscribe')?.line ?? ''
    expect(mail?.raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
    const token = /\/u\/([\w-]+)/.exec(link)?.[1] ?? ''
    const page = await d.email.api.pages.submitStop(token, { 'List-Unsubscribe': 'One-Click' }, null)
    expect(page.status).toBe(200)
    await d.emit(message)
    await d.emit({ type: 'job.done', channels: ['email'], title: 'Alone' })
    await d.pass(2 * DAY)
    expect(subjects(d)).toEqual(['1 update: Chat', 'Alone'])
  })

  it('speaks the language of its reader, with the right plurals', async () => {
    const d = await open()
    await d.know('ann', { lang: 'ru' })
    await d.emit(message)
    await d.emit(message)
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['2 новости: Чат'])
  })
})

describe('whatever happens, a digest', () => {
  it('comes once after days without the agent', async () => {
    const d = await open()
    await d.emit(message)
    await d.emit(message)
    d.clock.advance(5 * DAY)
    await d.crash()
    await d.settle()
    expect(subjects(d)).toEqual(['2 updates: Chat'])
    const id = await d.emit(message)
    expect(await d.told(id)).toContain('held back until 2026-01-11T07:00:00.000Z')
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['2 updates: Chat', '1 update: Chat'])
  })

  it('is the same mail when it is sent again after a crash, and counts as another try', async () => {
    const d = await open()
    const id = await d.emit(message)
    d.mails.script({ hold: true })
    d.clock.advance(DAY)
    d.backend.queue.wake()
    await d.mails.held()
    // The mail server has it, and the agent is gone before it can write that down.
    await d.kill(() => d.mails.release())
    await d.settle()
    const ids = d.mails.received.map(({ parsed }) => parsed.messageId)
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).toMatch(/^<digest-20260106T070000000Z\.[0-9a-f]+@example\.org>$/)
    expect(d.calls.map(({ attempt }) => attempt).at(-1)).toBe(2)
    expect((await d.steps(id)).filter(step => step === 'email sent digest')).toHaveLength(1)
    await d.pass(2 * DAY)
    expect(d.mails.received).toHaveLength(2)
  })

  it('is tried again while the mail server asks for patience, and left to the next one in the end', async () => {
    const d = await open()
    const first = await d.emit(message)
    const busy = { content: '451 4.3.0 later' }
    d.mails.script(busy, busy, busy, busy)
    await d.pass(DAY)
    for (const wait of [5, 15, 60]) await d.pass(wait * MINUTE)
    expect(subjects(d)).toEqual([])
    expect(await d.told(first)).toContain(
      'email: held back until 2026-01-07T07:00:00.000Z, since the digest could not be mailed (the mail server said: 451 4.3.0 later); the next one takes it along.',
    )
    await d.emit(message)
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['2 updates: Chat'])
    expect(await d.steps(first)).toContain('email sent digest')
  })

  it('leaves out what was withdrawn between two tries', async () => {
    const d = await open()
    const gone = await d.emit({ ...message, title: 'Gone' })
    await d.emit({ ...message, title: 'Stays' })
    d.mails.script({ content: '451 4.3.0 later' })
    await d.pass(DAY)
    await d.mark(gone, 'retracted')
    await d.pass(5 * MINUTE)
    expect(subjects(d)).toEqual(['1 update: Chat'])
    expect((await d.steps(gone)).at(-1)).toBe('email dropped retracted')
  })

  it('tells the operator of an address that there is not, and the person of each line', async () => {
    const d = await open()
    const id = await d.emit(message)
    d.mails.script({ recipient: '550 5.1.1 no such user' })
    await d.pass(DAY)
    expect(await d.told(id)).toContain(
      'email: a…@example.net did not get it: the mail server said: 550 5.1.1 no such user',
    )
    expect(d.troubles).toEqual(['An address takes no mail any more'])
  })

  it('does not come twice for a period when the clock is set back', async () => {
    const d = await open()
    await d.emit(message)
    await d.pass(DAY)
    d.clock.jump(-12 * HOUR)
    await d.emit(message)
    // 08:00 comes again, but this period has had its digest.
    await d.pass(12 * HOUR)
    expect(subjects(d)).toEqual(['1 update: Chat'])
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['1 update: Chat', '1 update: Chat'])
  })

  it('does not wait for years when a clock that was years ahead is set right', async () => {
    const d = await open()
    d.clock.jump(3 * 365 * DAY)
    await d.emit(message)
    await d.pass(DAY)
    d.clock.jump(-3 * 365 * DAY)
    await d.emit(message)
    await d.pass(DAY)
    expect(subjects(d)).toEqual(['1 update: Chat', '1 update: Chat'])
  })

  it('takes only what is whose it is, and goes with its user', async () => {
    const d = await open()
    await d.know('bob', { email: 'bob@example.net', tz: 'America/New_York' })
    await d.emit(message)
    await d.emit({ ...message, user_id: 'bob' })
    await d.backend.store.eraseUser('ann')
    await d.pass(DAY)
    expect(d.mails.received.map(({ to }) => to)).toEqual([['bob@example.net']])
  })
})
