import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../support/fake-clock.ts'
import { openLiveEmail, type LiveEmailOptions } from '../support/live-email.ts'
import { openBareServer, type Script } from '../support/mail-server.ts'
import { tempDir } from '../support/temp-dir.ts'

describe('a mail to a user', () => {
  it('goes to his address, in his language, with links that say nothing of him', async () => {
    const { server, append, deliver, putUser } = await openLiveEmail()
    await putUser('ana', 'ana@example.net', 'ru')
    const data = { options: ['A', 'B'], action_id: 'act_777' }
    const outcome = await deliver(await append('ana', { type: 'action.required', title: 'A или B?', data }))
    expect(outcome).toEqual({ type: 'delivered' })
    const [mail] = server.received
    expect(mail?.to).toEqual(['ana@example.net'])
    const text = mail?.parsed.text ?? ''
    expect(text).toContain('Ваше решение')
    const links = [...text.matchAll(/https:\/\/ec\.example\.org\/[au]\/([A-Za-z0-9_-]+)/g)].map(
      ([, token = '']) => token,
    )
    expect(new Set(links).size).toBe(3)
    for (const token of links) {
      expect(Buffer.from(token, 'base64url').toString('latin1')).not.toMatch(/ana|act_777/)
      expect(token.length).toBeLessThanOrEqual(512)
    }
  })

  it('has links that fit, however long the names are', async () => {
    const { server, append, deliver, putUser } = await openLiveEmail()
    const user = 'u'.repeat(128)
    await putUser(user, 'u@example.net')
    await deliver(await append(user, { type: 'action.required', data: { options: ['A'], action_id: 'q'.repeat(128) } }))
    await deliver(await append(user, { type: `a.${'t'.repeat(126)}` }))
    const tokens = server.received.flatMap(({ parsed }) => [...(parsed.text ?? '').matchAll(/\/[au]\/([\w-]+)/g)])
    expect(tokens.length).toBeGreaterThanOrEqual(3)
    for (const [, token = ''] of tokens) expect(token.length).toBeLessThanOrEqual(512)
  })

  it('reaches nobody without an address, and says so before', async () => {
    const { dispatcher, append, deliver, putUser, server } = await openLiveEmail()
    await putUser('ana', null)
    expect(await dispatcher.targets('ana')).toEqual([])
    expect(await deliver(await append('ana'))).toMatchObject({ type: 'gone' })
    expect(server.connections()).toBe(0)
  })

  it('names its target without the whole address', async () => {
    const { dispatcher, putUser } = await openLiveEmail()
    await putUser('ana', 'ana.marin@example.net')
    expect(await dispatcher.targets('ana')).toEqual([{ id: 'email', userId: 'ana', label: 'a…@example.net' }])
  })

  it('is not sent once its event has expired or its question has ended', async () => {
    const clock = new FakeClock()
    const { agent, append, deliver, putUser, server } = await openLiveEmail({ clock })
    await putUser('ana', 'ana@example.net')
    const soon = new Date(clock.now() + 60_000).toISOString()
    const late = await append('ana', { expires_at: soon })
    const asked = await append('ana', { id: 'q1', type: 'action.required', data: { options: ['A', 'B'] } })
    await agent.questions.api.answer({ kind: 'user', userId: 'ana' }, 'q1', null, { option: 'A', input: null }, null)
    clock.advance(60_000)
    expect(await deliver(late)).toMatchObject({ type: 'rejected', reason: 'the event has expired' })
    expect(await deliver(asked)).toMatchObject({ type: 'rejected', reason: 'the question has ended' })
    expect(server.received).toEqual([])
  })

  it('is the same mail when it is tried again', async () => {
    const { append, deliver, putUser, server } = await openLiveEmail()
    await putUser('ana', 'ana@example.net')
    const item = await append('ana')
    server.script({ content: '451 4.3.0 later' })
    expect(await deliver(item)).toMatchObject({ type: 'retry' })
    await deliver(item)
    await deliver(item)
    const ids = server.received.map(({ parsed }) => parsed.messageId)
    expect(ids).toHaveLength(2)
    expect(ids[0]).toBe(ids[1])
  })
})

describe('an address that does not exist', () => {
  it('gets nothing more, the operator hears of it once, and lifting or putting it tries again', async () => {
    const { agent, email, dispatcher, append, deliver, putUser, server, alerts } = await openLiveEmail()
    await putUser('ana', 'ana@example.net')
    server.script({ recipient: '550 5.1.1 no such user' }, { recipient: '550 5.1.1 no such user' })
    const items = [await append('ana'), await append('ana')]
    const outcomes = await Promise.all(items.map(item => deliver(item)))
    expect(outcomes.map(({ type }) => type)).toEqual(['rejected', 'rejected'])
    expect(await dispatcher.targets('ana')).toEqual([])
    expect(await deliver(await append('ana'))).toMatchObject({ type: 'gone' })
    expect(alerts).toHaveLength(1)
    expect(alerts[0]).toMatchObject({ type: 'system.alert', level: 'warning', channels: ['ws', 'push'] })
    expect(alerts[0]?.body).toContain('ec email lift ana@example.net')

    await email.api.lift('ana@example.net')
    expect(await deliver(await append('ana'))).toEqual({ type: 'delivered' })
    await agent.backend.store.suppressAddress('ana@example.net', 'again', 0)
    await putUser('ana', 'ana@example.net')
    expect(await deliver(await append('ana'))).toEqual({ type: 'delivered' })
    await expect(email.api.lift('ana@example.net')).rejects.toMatchObject({ code: 'EC_NOT_FOUND' })
  })

  it('is one that the server said so of: no other refusal suppresses anybody', async () => {
    const { email, append, deliver, putUser, server } = await openLiveEmail()
    await putUser('ana', 'ana@example.net')
    const refusals = ['554 5.7.1 relay denied', '552 5.2.2 mailbox full', '450 4.2.0 greylisted', '550 5.7.1 policy']
    for (const recipient of refusals) {
      server.script({ recipient })
      await deliver(await append('ana'))
    }
    expect((await email.api.suppressed({ limit: 10 })).rows).toEqual([])
    expect(await deliver(await append('ana'))).toEqual({ type: 'delivered' })
  })
})

describe('trouble of our own', () => {
  it('is tried again, and told to the operator once a day for each cause', async () => {
    const clock = new FakeClock()
    const { append, deliver, putUser, server, alerts } = await openLiveEmail({ clock })
    await putUser('ana', 'ana@example.net')
    const item = await append('ana')
    async function refuse(script: Script): Promise<void> {
      server.script(script)
      expect(await deliver(item)).toMatchObject({ type: 'retry' })
    }
    await refuse({ sender: '553 5.1.8 sender refused' })
    await refuse({ sender: '553 5.1.8 sender refused' })
    await refuse({ recipient: '550 5.7.1 relay denied' })
    const day = ['evt_smtp-sender-2026-01-05', 'evt_smtp-policy-2026-01-05']
    expect([...new Set(alerts.map(({ id }) => id))]).toEqual(day)
    clock.advance(86_400_000)
    await refuse({ sender: '553 5.1.8 sender refused' })
    expect(alerts.at(-1)?.id).toBe('evt_smtp-sender-2026-01-06')
    for (const { channels } of alerts) expect(channels).not.toContain('email')
  })

  it('with a template is logged, and the mail goes out all the same', async () => {
    const templates = join(tempDir(), 'templates')
    mkdirSync(templates)
    writeFileSync(join(templates, 'job.done.text.eta'), '<%= it.no.such.thing %>')
    const { append, deliver, putUser, server, logged, email } = await openLiveEmail({ email: { templates } })
    await putUser('ana', 'ana@example.net')
    expect(await deliver(await append('ana'))).toEqual({ type: 'delivered' })
    expect(server.received[0]?.parsed.text).toContain('It is ready.')
    expect(logged.map(({ message }) => message)).toContain('a template of mail cannot be used')
    const check = (await email.checks()).find(({ code }) => code === 'email.templates')
    expect(check).toMatchObject({ status: 'fail' })
    writeFileSync(join(templates, 'job.done.text.eta'), '<%= it.title %>')
    expect((await email.checks()).find(({ code }) => code === 'email.templates')).toMatchObject({ status: 'ok' })
  })

  it('never stands in the log with an address or a password', async () => {
    const { append, deliver, putUser, server, logged } = await openLiveEmail()
    await putUser('ana', 'ana@example.net')
    server.script({ recipient: '550 5.1.1 no such user' })
    await deliver(await append('ana'))
    expect(JSON.stringify(logged)).not.toContain('ana@')
  })
})

describe('the checks of mail', () => {
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'der' },
  })
  function keyFile(pem: string = pair.privateKey): string {
    const file = join(tempDir(), 'dkim.pem')
    writeFileSync(file, pem, { mode: 0o600 })
    return file
  }
  const signing = (over: object = {}) => ({
    email: { dkim: { domain: 'example.org', selector: 'ec1', key_file: keyFile(), ...over } },
    resolveTxt: async (name: string) => {
      expect(name).toBe('ec1._domainkey.example.org')
      const record = `v=DKIM1; k=rsa; p=${pair.publicKey.toString('base64')}`
      return [['v=spf1 -all'], [record.slice(0, 255), record.slice(255)]]
    },
  })

  it('say that mail is not set up, and nothing else', async () => {
    const { email } = await openLiveEmail({ smtp: { url: null } })
    expect(await email.checks()).toMatchObject([{ code: 'email.smtp', status: 'skip' }])
    await expect(email.api.test('ana')).rejects.toMatchObject({ code: 'EC_NOT_FOUND' })
    expect(email.dispatcher).toBeNull()
  })

  it('are all well when all is well', async () => {
    const { email } = await openLiveEmail(signing())
    expect((await email.checks()).map(({ code, status }) => `${code} ${status}`)).toEqual([
      'email.smtp ok',
      'email.from ok',
      'email.dkim ok',
      'email.templates ok',
      'email.links ok',
    ])
  })

  it('find a server that is not there, and one that refuses us', async () => {
    const { url } = await openBareServer(socket => socket.destroy())
    expect(await statusOf({ smtp: { url } }, 'email.smtp')).toMatchObject({ status: 'fail' })
    const refusing = await openBareServer(socket => socket.end('554 5.7.1 not you\r\n'))
    const check = await statusOf({ smtp: { url: refusing.url } }, 'email.smtp')
    expect(check).toMatchObject({ status: 'fail', detail: expect.stringContaining('not you') })
  })

  it('find that nobody said whom mail comes from', async () => {
    const smtp = { url: 'smtp://mail.example.org', from: null }
    const { email } = await openLiveEmail({ smtp })
    const checks = await email.checks()
    expect(checks.find(({ code }) => code === 'email.from')).toMatchObject({ status: 'fail' })
    expect(email.dispatcher).toBeNull()
  })

  it.each([
    ['is not there', () => signing({ key_file: '/nowhere/dkim.pem' }), 'fail'],
    ['is no key', () => signing({ key_file: keyFile('hello') }), 'fail'],
    ['has no selector', () => signing({ selector: null }), 'fail'],
    [
      'is another than the published one',
      () => ({ ...signing(), resolveTxt: async () => [['v=DKIM1; p=AAAA']] }),
      'fail',
    ],
    ['is not published', () => ({ ...signing(), resolveTxt: () => Promise.reject(new Error('ENOTFOUND')) }), 'warn'],
    ['is of another domain', () => signing({ domain: 'example.com' }), 'warn'],
  ])('find that the key %s', async (_, options, status) => {
    const check = await statusOf(options(), 'email.dkim')
    expect(check).toMatchObject({ status })
    expect(check?.hint).toBeTruthy()
  })

  it('find that the links of mail lead nowhere', async () => {
    expect(await statusOf({ base: null }, 'email.links')).toMatchObject({ status: 'warn' })
  })
})

describe('the test of an address', () => {
  it('goes to a suppressed address too, and says what the server said', async () => {
    const { agent, email, putUser, server } = await openLiveEmail()
    await putUser('ana', 'ana@example.net', 'es')
    await agent.backend.store.suppressAddress('ana@example.net', 'gone', 0)
    server.script({ recipient: '550 5.1.1 still nobody' })
    expect(await email.api.test('ana')).toEqual({
      user: 'ana',
      address: 'a…@example.net',
      outcome: 'bad_address',
      reason: 'the mail server said: 550 5.1.1 still nobody',
    })
    expect(await email.api.test('ana')).toMatchObject({ outcome: 'delivered', reason: null })
    expect(server.received[0]?.parsed.subject).toBe('EventCenter te llega por correo')
  })

  it('needs an address', async () => {
    const { email } = await openLiveEmail()
    await expect(email.api.test('nobody')).rejects.toMatchObject({ code: 'EC_NOT_FOUND' })
  })
})

async function statusOf(options: LiveEmailOptions, code: string) {
  const { email } = await openLiveEmail(options)
  return (await email.checks()).find(check => check.code === code)
}
