import { beforeAll, describe, expect, it } from 'vitest'
import { describe as describeNotification } from '#ec/providers/gmail/map.js'
import { sign } from '#ec/providers/gmail/sign.js'
import { verify } from '#ec/providers/gmail/verify.js'
import { concerns, parse } from '#ec/providers/gmail/webhook.js'
import { AUDIENCE, envelopeOf, jwksOf, makeKey, SERVICE_ACCOUNT, type TestKey } from '../../../support/google-token.js'
import { aNotification, aRequest, aResource, aVerifyContext, RECEIVED_AT as NOW } from '../../../support/webhook.js'

const DATA = '{"emailAddress":"Ana@example.com","historyId":9001}'
const request = (body: string) => aRequest({ 'content-type': 'application/json' }, body, 'gmail')
const mailbox = (email?: string) => aResource('gmail', email === undefined ? {} : { email })

describe('parse', () => {
  it('takes the id of the message for the key', () => {
    expect(parse(request(envelopeOf(DATA, '77')), mailbox())).toEqual({
      ok: true,
      items: [{ key: '77', kind: 'history' }],
    })
  })

  it('takes the state of the mailbox where there is no id', () => {
    expect(parse(request(DATA), mailbox())).toEqual({
      ok: true,
      items: [{ key: 'ana@example.com:9001', kind: 'history' }],
    })
  })

  it('takes only the mailbox that is watched, however it is spelled', () => {
    expect(parse(request(envelopeOf(DATA)), mailbox('ANA@EXAMPLE.COM ')).ok).toBe(true)
    expect(parse(request(envelopeOf(DATA)), mailbox('')).ok).toBe(true)
    expect(parse(request(envelopeOf(DATA)), mailbox('ben@example.com'))).toEqual({
      ok: false,
      detail: 'it is of the mailbox Ana@example.com; this resource takes only ben@example.com (its setting "email")',
    })
  })
})

describe('concerns', () => {
  it('goes by the mailbox', () => {
    const sent = request(envelopeOf(DATA))
    expect(concerns(sent, mailbox('ana@example.com'))).toBe(true)
    expect(concerns(sent, mailbox('ben@example.com'))).toBe(false)
    expect(concerns(sent, mailbox())).toBe(true)
  })

  it.each(['', 'nonsense', '{}', `${' '.repeat(16 * 1024)}${envelopeOf(DATA)}`])(
    'leaves it to the token when the body tells none in a glance',
    body => {
      expect(concerns(request(body), mailbox('ben@example.com'))).toBe(true)
    },
  )
})

describe('describe', () => {
  it('says which mailbox changed, and when', () => {
    const notification = aNotification('gmail', 'history', envelopeOf(DATA))
    expect(describeNotification(notification, mailbox())).toEqual([
      {
        user_id: 'ana',
        type: 'mail.changed',
        title: 'Something changed in the mailbox Ana@example.com',
        body: 'Gmail does not say what: a message came, or one was read, moved or deleted.',
        level: 'info',
        cta: { label: 'Open Gmail', url: 'https://mail.google.com/mail/?authuser=Ana%40example.com' },
        data: {
          notification_id: notification.id,
          email: 'Ana@example.com',
          history_id: '9001',
          message_id: '2070443601311540',
          subscription: 'projects/ec-demo/subscriptions/gmail-push-sub',
        },
        created_at: '2026-01-05T08:59:59.123Z',
        thread: 'mailbox:ana@example.com',
        service: 'gmail',
        source: 'gmail',
      },
    ])
  })
})

describe('sign', () => {
  let key: TestKey
  beforeAll(async () => {
    key = await makeKey('replay-1')
  })
  const settings = (): Record<string, string> => ({
    audience: AUDIENCE,
    service_account: SERVICE_ACCOUNT,
    keys: jwksOf(key),
  })

  it('makes a token that is taken for an hour', async () => {
    const resource = aResource('gmail', settings())
    const { headers } = await sign(request('{}'), [JSON.stringify(key.privateJwk)], resource, NOW)
    const sent = aRequest(headers, '{}', 'gmail')
    const judge = (now: number) => verify(sent, [], resource, now, aVerifyContext())
    expect(await judge(NOW)).toEqual({ ok: true })
    expect(await judge(NOW + 3_600_000)).toEqual({ ok: true })
    expect((await judge(NOW + 3_660_000)).ok).toBe(false)
    expect((await judge(NOW - 61_000)).ok).toBe(false)
  })

  it.each(['', 'no json', '[]', '{}', '{"kty":"RSA","kid":"x","d":"x"}'])('cannot with the secret %j', async secret => {
    const signing = sign(request('{}'), [secret], aResource('gmail', settings()), NOW)
    await expect(signing).rejects.toMatchObject({ code: 'EC_SECRET_MISSING' })
  })

  it('cannot without a secret, or with the public half alone', async () => {
    for (const secrets of [[], [JSON.stringify(key.publicJwk)]]) {
      const signing = sign(request('{}'), secrets, aResource('gmail', settings()), NOW)
      await expect(signing).rejects.toMatchObject({ code: 'EC_SECRET_MISSING' })
    }
  })

  it.each(['audience', 'service_account'])('cannot without the setting %s', async name => {
    const resource = aResource('gmail', { ...settings(), [name]: '' })
    const signing = sign(request('{}'), [JSON.stringify(key.privateJwk)], resource, NOW)
    await expect(signing).rejects.toMatchObject({ code: 'EC_FIELD_INVALID', message: expect.stringContaining(name) })
  })
})
