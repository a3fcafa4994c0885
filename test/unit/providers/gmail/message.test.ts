import { describe, expect, it } from 'vitest'
import { readMessage } from '#ec/providers/gmail/message.js'
import { envelopeOf } from '../../../support/google-token.js'

const DATA = '{"emailAddress":"ana@example.com","historyId":9001}'
const read = (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
  readMessage(Buffer.from(body), headers)
const readData = (data: string) => read(envelopeOf(data))
function idOf(json: string): string {
  const result = readData(json)
  return result.ok ? result.message.historyId : result.detail
}

const MESSAGE = {
  email: 'ana@example.com',
  historyId: '9001',
  messageId: '2070443601311540',
  publishedAt: '2026-01-05T08:59:59.123Z',
  subscription: 'projects/ec-demo/subscriptions/gmail-push-sub',
}

describe('an envelope', () => {
  it('is read', () => {
    expect(readData(DATA)).toEqual({ ok: true, message: MESSAGE })
  })

  it('may know only the older names, and its data URL-safe base64', () => {
    const data = Buffer.from('{"emailAddress":"ana+??>@example.com","historyId":"9001"}').toString('base64url')
    const body = JSON.stringify({ message: { data, message_id: '7', publish_time: '2026-01-05T08:59:59.123Z' } })
    expect(read(body)).toMatchObject({ ok: true, message: { email: 'ana+??>@example.com', messageId: '7' } })
  })

  it.each([
    ['no data', '{"message":{"messageId":"1"}}'],
    ['no data', '{"message":{"data":"","messageId":"1"}}'],
    ['no data', '{"message":{"data":7,"messageId":"1"}}'],
    ['not base64', '{"message":{"data":"{}","messageId":"1"}}'],
    ['not UTF-8', JSON.stringify({ message: { data: Buffer.of(0xff, 0xfe).toString('base64') } })],
    ['is not JSON', envelopeOf('nonsense')],
    ['an array', envelopeOf('[]')],
    ['names no mailbox', envelopeOf('{"historyId":9001}')],
    ['names no mailbox', '{"message":null}'],
    ['names no mailbox', '{}'],
    ['the body is empty', ''],
    ['the body is not UTF-8', Buffer.of(0xff)],
  ])('with %s is told so: %s', (detail, body) => {
    expect(read(body)).toEqual({ ok: false, detail: expect.stringContaining(detail) })
  })
})

describe('an unwrapped message', () => {
  it('has its envelope in headers', () => {
    const headers = {
      'x-goog-pubsub-message-id': MESSAGE.messageId,
      'x-goog-pubsub-publish-time': MESSAGE.publishedAt,
      'x-goog-pubsub-subscription-name': MESSAGE.subscription,
    }
    expect(read(DATA, headers)).toEqual({ ok: true, message: MESSAGE })
  })

  it('may come without them, or with an id that is none', () => {
    const message = { email: 'ana@example.com', historyId: '9001', messageId: '', publishedAt: '', subscription: '' }
    expect(read(DATA)).toEqual({ ok: true, message })
    expect(readMessage(Buffer.from(DATA), null)).toEqual({ ok: true, message })
    expect(read(DATA, { 'x-goog-pubsub-message-id': 'two words' })).toEqual({ ok: true, message })
  })
})

describe('the history id', () => {
  it.each([
    ['0', '0'],
    ['9007199254740991', '9007199254740991'],
    ['9007199254740993', '9007199254740993'],
    ['18446744073709551615', '18446744073709551615'],
    ['"18446744073709551615"', '18446744073709551615'],
    ['1e3', '1000'],
  ])('%s is kept digit by digit', (written, digits) => {
    expect(idOf(`{"emailAddress":"ana@example.com","historyId":${written}}`)).toBe(digits)
    expect(idOf(`{ "historyId" :\n ${written} , "emailAddress":"ana@example.com"}`)).toBe(digits)
  })

  it.each(['-1', '1.5', '1e400', '1e30', 'null', 'true', '"9,001"', '""', '{}', '"12 "'])('%s is none', written => {
    expect(idOf(`{"emailAddress":"ana@example.com","historyId":${written}}`)).toContain('no whole number')
  })

  it('is the one that counts, where others stand beside it', () => {
    const inText = JSON.stringify('"historyId":9007199254740997,')
    const inner = '{"historyId":9007199254740999}'
    expect(
      idOf(
        `{"x":${inner},"note":${inText},"historyId":9007199254740993,"emailAddress":"ana@example.com","y":${inner}}`,
      ),
    ).toBe('9007199254740993')
  })
})

it.each(['', 'ana', 'ana@', '@example.com', 'a b@example.com', 'ana@exa\u202emple.com', '\ud800@example.com', 7, null])(
  'takes no mailbox %j',
  emailAddress => {
    expect(readData(JSON.stringify({ emailAddress, historyId: 1 })).ok).toBe(false)
  },
)
