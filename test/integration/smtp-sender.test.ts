import { generateKeyPairSync } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { outcomeOf } from '#ec/agent/dispatch/email/outcome-of.js'
import { renderMail } from '#ec/agent/dispatch/email/render/render-mail.js'
import { openTemplates } from '#ec/agent/dispatch/email/render/templates.js'
import { createSmtpSender, type SmtpSenderOptions } from '#ec/agent/dispatch/email/smtp-sender.js'
import type { ApiCall } from '#ec/core/api-call.js'
import { createSystemClock } from '#ec/core/clock.js'
import type { EcEvent } from '#ec/core/event.js'
import { readSender } from '#ec/core/sender.js'
import { readSmtpUrl } from '#ec/core/smtp-server.js'
import { openBareServer, openMailServer } from '../support/mail-server.ts'

const templates = openTemplates(null, ({ message }) => expect.fail(message))

function openSender(url: string, options: Partial<SmtpSenderOptions> = {}) {
  const server = readSmtpUrl(url)
  const from = readSender('Event Center <ec@example.org>')
  if (server === null || from === null) return expect.fail(`cannot be read: ${url}`)
  const calls: ApiCall[] = []
  const sender = createSmtpSender({
    server,
    from,
    dkim: null,
    clock: createSystemClock(),
    record: call => void calls.push(call),
    ...options,
  })
  onTestFinished(() => sender.close())
  const never = new AbortController().signal
  return {
    calls,
    send: (event: Partial<EcEvent> = {}, signal = never) => sender.send(aMail(event), signal),
    greet: () => sender.greet(never),
    close: () => sender.close(),
  }
}

function aMail(fields: Partial<EcEvent>) {
  const event: EcEvent = {
    id: 'evt_1',
    user_id: 'ana',
    type: 'job.done',
    title: 'Отчёт готов',
    body: 'Сорок страниц.',
    level: 'info',
    created_at: '2026-01-05T12:00:00.000Z',
    ...fields,
  }
  const mail = renderMail(templates, {
    event,
    reader: { id: 'ana', name: 'Ana', lang: 'ru', tz: null },
    links: { unsubscribe: `https://ec.example.org/u/${'T'.repeat(300)}`, answer: () => null },
    host: 'example.org',
  })
  return { to: { address: 'ana@example.net', name: 'Ana <b>, "x"' }, mail, attempt: 1 }
}

describe('a mail that is taken', () => {
  it('comes with all its headers, text and HTML', async () => {
    const server = await openMailServer()
    const { send, calls } = openSender(server.url)
    expect(outcomeOf(await send({ thread: 'room-4' }))).toEqual({ type: 'delivered' })
    const [mail] = server.received
    expect(mail).toMatchObject({ from: 'ec@example.org', to: ['ana@example.net'], secure: true })
    const { parsed } = mail ?? expect.fail('nothing came')
    expect(parsed.subject).toBe('Отчёт готов')
    expect(parsed.from?.text).toBe('"Event Center" <ec@example.org>')
    expect(parsed.text).toContain('Сорок страниц.')
    expect(parsed.html).toContain('Сорок страниц.')
    expect(parsed.messageId).toMatch(/^<evt_1\.[0-9a-f]{16}@example\.org>$/)
    expect(parsed.inReplyTo).toMatch(/^<[0-9a-f]{32}\.[0-9a-f]{16}@example\.org>$/)
    expect(parsed.references).toBe(parsed.inReplyTo)
    const line = (name: string) => parsed.headerLines.find(({ key }) => key === name)?.line.replace(/\r?\n\s*/g, ' ')
    expect(line('list-unsubscribe')).toBe(`List-Unsubscribe: <https://ec.example.org/u/${'T'.repeat(300)}>`)
    expect(line('list-unsubscribe-post')).toBe('List-Unsubscribe-Post: List-Unsubscribe=One-Click')
    expect(line('auto-submitted')).toBe('Auto-Submitted: auto-generated')
    expect(line('list-id')).toBe('List-ID: <job.done.ec.example.org>')
    expect(calls).toMatchObject([{ provider: 'smtp', operation: 'send', cause: 'write', attempt: 1, status: 250 }])
  })

  it('adds no header that a sender of events wrote', async () => {
    const server = await openMailServer()
    const { send } = openSender(server.url)
    await send({ title: 'Hello\r\nBcc: everybody@example.org', thread: 'x\r\nX-Evil: 1', id: 'a:b' })
    const [mail] = server.received
    expect(mail?.to).toEqual(['ana@example.net'])
    expect(mail?.parsed.headerLines.map(({ key }) => key)).not.toContain('bcc')
    expect(mail?.raw).not.toContain('\r\nX-Evil')
  })

  it('goes over the connection of the one before', async () => {
    const server = await openMailServer()
    const { send } = openSender(server.url)
    for (let i = 0; i < 5; i++) await send({ id: `evt_${i}` })
    expect(server.received).toHaveLength(5)
    expect(server.connections()).toBe(1)
  })

  it('goes over five connections at most when many come at once', async () => {
    const server = await openMailServer()
    const { send } = openSender(server.url)
    await Promise.all(Array.from({ length: 40 }, (_, i) => send({ id: `evt_${i}` })))
    expect(new Set(server.received.map(({ parsed }) => parsed.messageId)).size).toBe(40)
    expect(server.connections()).toBeLessThanOrEqual(5)
  })

  it('logs in, with a password that needs encoding in a URL', async () => {
    const server = await openMailServer({ login: { user: 'ec@example.org', password: 'p@ss:w/rd%' } })
    const { send, greet } = openSender(server.url)
    expect(await greet()).toMatchObject({ type: 'accepted' })
    expect(outcomeOf(await send())).toEqual({ type: 'delivered' })
    expect(server.received[0]?.user).toBe('ec@example.org')
  })

  it('is signed, and the signature covers both headers of unsubscribing', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    const server = await openMailServer()
    const { send } = openSender(server.url, { dkim: { domain: 'example.org', selector: 'ec1', privateKey } })
    await send()
    const signature = /^DKIM-Signature:[^]*?\r\n(?=\S)/im
      .exec(server.received[0]?.raw ?? '')?.[0]
      .replace(/\r\n\s+/g, '')
    expect(signature).toContain('d=example.org')
    expect(signature).toContain('s=ec1')
    const signed = /\bh=([^;]+)/
      .exec(signature ?? '')?.[1]
      ?.toLowerCase()
      .split(':')
    expect(signed).toEqual(
      expect.arrayContaining(['from', 'to', 'subject', 'message-id', 'list-unsubscribe', 'list-unsubscribe-post']),
    )
  })
})

describe('a mail that is refused', () => {
  it.each([
    ['450 4.2.1 greylisted', 'recipient', 'retry'],
    ['421 4.3.2 shutting down', 'recipient', 'retry'],
    ['451 4.3.0 try later', 'sender', 'retry'],
    ['451 4.3.0 try later', 'content', 'retry'],
    ['550 5.1.1 no such user', 'recipient', 'bad_address'],
    ['550 no mailbox here by that name', 'recipient', 'bad_address'],
    ['550 5.2.1 mailbox disabled', 'recipient', 'bad_address'],
    ['550 5.1.1 user unknown', 'content', 'bad_address'],
    ['552 5.2.2 mailbox full', 'recipient', 'rejected'],
    ['552 5.3.4 message too big', 'content', 'rejected'],
    ['552 5.3.4 message too big', 'sender', 'rejected'],
    ['554 5.6.0 content not wanted', 'content', 'rejected'],
    ['554 no', 'content', 'rejected'],
    ['550 5.7.1 relaying denied', 'recipient', 'our_trouble'],
    ['554 Relay access denied', 'recipient', 'our_trouble'],
    ['550 5.7.26 unauthenticated mail', 'content', 'our_trouble'],
    ['530 5.7.0 authentication required', 'sender', 'our_trouble'],
    ['553 5.1.8 sender refused', 'sender', 'our_trouble'],
  ] as const)('with %s for the %s is %s', async (answer, stage, outcome) => {
    const server = await openMailServer()
    server.script({ [stage]: answer })
    const { send, calls } = openSender(server.url)
    const refused = await send()
    expect(refused).toMatchObject({ type: 'refused', code: Number(answer.slice(0, 3)) })
    expect(outcomeOf(refused).type).toBe(outcome)
    expect(calls[0]?.status).toBe(Number(answer.slice(0, 3)))
    expect(outcomeOf(await send()), 'the next mail goes').toEqual({ type: 'delivered' })
  })

  it('for the password is ours to mend', async () => {
    const server = await openMailServer({ login: { user: 'ec', password: 'right' } })
    const { send, greet } = openSender(server.url.replace('right', 'wrong'))
    expect(outcomeOf(await send())).toMatchObject({ type: 'our_trouble', cause: 'login' })
    expect(outcomeOf(await greet())).toMatchObject({ type: 'our_trouble', cause: 'login' })
  })

  it('is never sent with a password in the open beyond this machine', async () => {
    const server = await openMailServer({ hideSTARTTLS: true, login: { user: 'ec', password: 'secret' } })
    const named = readSmtpUrl(server.url)
    if (named === null) return expect.fail('no server')
    const { send } = openSender(server.url, { server: { ...named, isLocal: false } })
    expect(outcomeOf(await send())).toMatchObject({ type: 'our_trouble', cause: 'tls' })
    expect(server.received).toEqual([])
  })
})

describe('a server that does not behave', () => {
  const SHORT = { deadlineMs: 300 }

  it('that is not there is tried again', async () => {
    const server = await openMailServer()
    await server.close()
    const { send, calls } = openSender(server.url)
    expect(outcomeOf(await send()).type).toBe('retry')
    expect(calls).toMatchObject([{ status: 0, error: 'connect' }])
  })

  it('that takes the connection and says nothing is given up', async () => {
    const { send } = openSender((await openBareServer(() => {})).url, SHORT)
    expect(outcomeOf(await send())).toMatchObject({ type: 'retry' })
  })

  it('that greets and then falls silent is given up', async () => {
    const { send } = openSender((await openBareServer(socket => socket.write('220 hello\r\n'))).url, SHORT)
    expect(outcomeOf(await send())).toMatchObject({ type: 'retry' })
  })

  it('that drips its greeting, so that no silence is long, is given up too', async () => {
    const { url } = await openBareServer(socket => {
      const timer = setInterval(() => socket.write('220-wait\r\n'), 20)
      socket.on('close', () => clearInterval(timer))
    })
    expect(outcomeOf(await openSender(url, SHORT).send()).type).toBe('retry')
  })

  it('that cuts the connection in the middle of a mail is tried again', async () => {
    const { url } = await openBareServer(socket => {
      socket.write('220 hello\r\n')
      socket.on('data', chunk => {
        const line = chunk.toString()
        if (/^DATA/i.test(line)) socket.write('354 go on\r\n')
        else if (/^(EHLO|MAIL|RCPT)/i.test(line)) socket.write('250 fine\r\n')
        else socket.destroy()
      })
    })
    expect(outcomeOf(await openSender(url).send()).type).toBe('retry')
  })

  it('that talks nonsense is not trusted with a mail', async () => {
    const { url } = await openBareServer(socket => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))
    expect(outcomeOf(await openSender(url, SHORT).send()).type).not.toBe('delivered')
  })

  it('that says 421 for a greeting is tried again', async () => {
    const { url } = await openBareServer(socket => socket.end('421 4.3.2 too busy\r\n'))
    expect(outcomeOf(await openSender(url, SHORT).send()).type).toBe('retry')
  })

  it('does not keep an agent from stopping', async () => {
    const connected = new EventEmitter()
    const arrived = once(connected, 'socket')
    const { send } = openSender((await openBareServer(() => void connected.emit('socket'))).url)
    const stop = new AbortController()
    const sent = send({}, stop.signal)
    await arrived
    stop.abort()
    expect(outcomeOf(await sent)).toMatchObject({ type: 'retry' })
    expect(outcomeOf(await send({}, stop.signal))).toMatchObject({ type: 'retry' })
  })

  it('may end a connection that is idle: the next mail goes over another', async () => {
    let connections = 0
    const { url } = await openBareServer(socket => {
      connections += 1
      let mail: string | null = null
      socket.write('220 hello\r\n')
      socket.on('data', chunk => {
        const text = chunk.toString()
        if (mail !== null) {
          mail += text
          if (mail.endsWith('\r\n.\r\n')) socket.end('250 taken\r\n')
        } else if (/^DATA/i.test(text)) {
          mail = ''
          socket.write('354 go on\r\n')
        } else socket.write('250 fine\r\n')
      })
    })
    const { send } = openSender(url)
    expect(outcomeOf(await send({ id: 'evt_1' }))).toEqual({ type: 'delivered' })
    expect(outcomeOf(await send({ id: 'evt_2' }))).toEqual({ type: 'delivered' })
    expect(connections).toBe(2)
  })
})
