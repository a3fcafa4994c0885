import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { describe, expect, it } from 'vitest'
import { explainNotification } from '#ec/agent/receive/explain.js'
import { recheckRequest } from '#ec/agent/receive/recheck.js'
import type { NotificationRecord } from '#ec/core/notification.js'
import { loadProvider } from '#ec/providers/index.js'
import type { Receiver } from '#ec/providers/provider.js'
import { aNotification, aResource, aVerifyContext, RECEIVED_AT } from '../../../support/webhook.js'

const SECRET = 'the secret of both sides'
const payload = { triggerEvent: 'BOOKING_CREATED', payload: { title: 'Café <1/2>', uid: 'bk_1' }, a: [1, 2] }
const compact = JSON.stringify(payload)
const sorted = JSON.stringify({
  a: [1, 2],
  payload: { title: 'Café <1/2>', uid: 'bk_1' },
  triggerEvent: 'BOOKING_CREATED',
})
const python = `${JSON.stringify(payload, null, 1).replace(/,\n */g, ', ').replace(/\n */g, '').replace('é', '\\u00e9')}`

async function why(
  body: string,
  signed: string,
  {
    secrets = [SECRET],
    signedWith = SECRET,
    rest = {},
  }: {
    secrets?: readonly string[]
    signedWith?: string
    rest?: Partial<NotificationRecord>
  } = {},
): Promise<string> {
  const { receiver } = await loadProvider('calcom')
  const headers = { 'x-cal-signature-256': createHmac('sha256', signedWith).update(signed).digest('hex') }
  const reason = 'EC_SIGNATURE_INVALID'
  const record = aNotification('calcom', '', body, { id: 'ntf_7', headers, state: 'quarantined', reason, ...rest })
  return say(record, receiver, secrets)
}

async function say(record: NotificationRecord, receiver: Receiver | undefined, secrets: readonly string[]) {
  if (receiver === undefined) throw new Error('the test needs a receiver')
  const resource = aResource(record.provider)
  const input = { record, resource, receiver, secrets, context: aVerifyContext(), now: RECEIVED_AT, keptBytes: 65_536 }
  const text = explainNotification(record, await recheckRequest(input)).join('\n')
  for (const secret of secrets) expect(text).not.toContain(secret)
  return text
}

describe('why a signature was refused', () => {
  it('says how many bytes were verified, and how they can be compared', async () => {
    expect(await why('{}', 'other')).toContain(
      'the 2 bytes of the body as they arrived; their SHA-256 begins with 44136fa355b3678a.',
    )
  })

  it('says that it verifies once the secret is mended, and what to run', async () => {
    expect(await why(compact, compact)).toContain(
      'With the present secret it verifies: have it sent again, or run `ec replay ntf_7`.',
    )
    expect(await why(compact, compact, { secrets: ['new', SECRET] })).toContain(
      'With one of the 2 present secrets it verifies',
    )
  })

  it.each([
    ['an indenting proxy', JSON.stringify(payload, null, 2), compact, 'the same JSON without white space:'],
    ['a compacting one', compact, JSON.stringify(payload, null, 2), 'indented by two spaces:'],
    ['one that sorts keys', sorted, compact, null],
    ['one that unsorts keys', compact, sorted, 'with its keys sorted:'],
    [
      'a sender in Python',
      compact,
      python,
      'with a space after each comma and colon, with \\u escapes for all but ASCII:',
    ],
    ['a lost line feed', compact, `${compact}\n`, 'the body with a line feed at its end:'],
    ['an added line feed', `${compact}\n`, compact, 'the body without the line feed at its end:'],
    ['line ends of another system', 'a\nb', 'a\r\nb', 'the body with CR LF for every LF:'],
    ['escaped slashes', compact, compact.replaceAll('/', '\\/'), 'with escaped slashes:'],
    [
      'a form made of JSON',
      compact,
      new URLSearchParams({ payload: compact }).toString(),
      'a form with the body in its field payload:',
    ],
  ])('finds %s by the bytes that were signed', async (_what, arrived, signed, words) => {
    const text = await why(arrived, signed)
    if (words === null) expect(text).toContain('it does not verify either')
    else expect(text).toContain(words)
  })

  it('finds the JSON that a form carries', async () => {
    const form = new URLSearchParams({ payload: compact }).toString()
    const { receiver } = await loadProvider('calcom')
    const signature = createHmac('sha256', SECRET).update(compact).digest('hex')
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-cal-signature-256': signature }
    const record = aNotification('calcom', '', form, { headers, state: 'quarantined', reason: 'EC_SIGNATURE_INVALID' })
    expect(await say(record, receiver, [SECRET])).toContain('the JSON in the field payload of the form:')
  })

  it('finds a line feed that slipped into the secret', async () => {
    expect(await why(compact, compact, { signedWith: `${SECRET}\n` })).toContain(
      'the present secret with a line feed at its end',
    )
  })

  it.each([
    ['in capitals', (hex: string) => hex.toUpperCase(), 'written in lower case'],
    ['with the prefix of another service', (hex: string) => `sha256=${hex}`, 'written without "sha256=" before it'],
    ['in base64', (hex: string) => Buffer.from(hex, 'hex').toString('base64'), 'written in hex, not in base64'],
  ])('finds a signature that is right and written %s', async (_how, write, words) => {
    const { receiver } = await loadProvider('calcom')
    const header = write(createHmac('sha256', SECRET).update(compact).digest('hex'))
    const rest = { headers: { 'x-cal-signature-256': header }, state: 'quarantined' } as const
    const record = aNotification('calcom', '', compact, { ...rest, reason: 'EC_SIGNATURE_INVALID' })
    const text = await say(record, receiver, [SECRET])
    expect(text).toContain(`The signature in header x-cal-signature-256 is right, and is to be ${words}.`)
    expect(text).not.toContain('secret at the provider is another one')
  })

  it('finds the prefix that GitHub puts before its signature, where a relay lost it', async () => {
    const { receiver } = await loadProvider('github')
    const header = createHmac('sha256', SECRET).update(compact).digest('hex')
    const rest = { headers: { 'x-hub-signature-256': header }, state: 'quarantined' } as const
    const record = aNotification('github', '', compact, { ...rest, reason: 'EC_SIGNATURE_INVALID' })
    expect(await say(record, receiver, [SECRET])).toContain('to be written with "sha256=" before it')
  })

  it('of what is missing tells nothing of bytes that nobody verified', async () => {
    const { receiver } = await loadProvider('calcom')
    const rest = { headers: {}, state: 'quarantined', reason: 'EC_SIGNATURE_MISSING' } as const
    const detail = 'header X-Cal-Signature-256 is missing'
    const text = await say(aNotification('calcom', '', compact, { ...rest, detail }), receiver, [SECRET])
    expect(text).toContain('In detail: header X-Cal-Signature-256 is missing.')
    expect(text).toContain('webhook URL of another resource')
    expect(text).not.toMatch(/bytes|secret at the provider/)
  })

  it.each([
    ['gmail', { 'content-type': 'application/json' }, '{"message":{}}'],
    [
      'google-calendar',
      { 'x-goog-channel-id': 'c', 'x-goog-message-number': '2', 'x-goog-resource-state': 'exists' },
      '',
    ],
    ['microsoft', {}, '{"value":[{"changeType":"created","id":"n1"}]}'],
  ])(
    'of %s, whose proof is not of the bytes, tells nothing of bytes and no secret to set',
    async (id, headers, body) => {
      const { receiver } = await loadProvider(id)
      const rest = { headers, state: 'quarantined', reason: 'EC_SIGNATURE_INVALID' } as const
      const text = await say(aNotification(id, '', body, rest), receiver, id === 'gmail' ? [] : [SECRET])
      expect(text).toContain('was not kept, so it cannot be verified again')
      expect(text).not.toMatch(/bytes|still has no secret/)
    },
  )

  it('tells by how much the clock of a website is wrong, by its own rule', async () => {
    const { receiver } = await loadProvider('website')
    for (const [minutes, words] of [
      [20, '20 min before it came'],
      [-20, '20 min after it came'],
    ] as const) {
      const at = RECEIVED_AT - minutes * 60_000
      const signature = new Webhook(Buffer.from(SECRET).toString('base64')).sign('msg_1', new Date(at), compact)
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(at / 1000),
        'webhook-signature': signature,
      }
      const rest = { headers, state: 'quarantined', reason: 'EC_SIGNATURE_INVALID' } as const
      const text = await say(aNotification('website', '', compact, rest), receiver, [SECRET])
      expect(text).toContain(`the time in its header webhook-timestamp, which is ${words}.`)
      expect(text).not.toContain('does not verify')
    }
  })

  it('says plainly that nothing fits', async () => {
    const text = await why(compact, compact, { signedWith: 'another' })
    expect(text).toContain('it does not verify either')
    expect(text).toContain('Most likely the secret at the provider is another one')
    expect(text).toContain('`ec resources set ')
    expect(await why(compact, compact, { secrets: [] })).toContain('The resource still has no secret')
  })

  it('says that a cut body cannot be verified again', async () => {
    const body = 'x'.repeat(65_536)
    expect(await why(body, `${body}x`)).toContain('Only its first 65,536 bytes are kept')
  })

  it('tells a wrong clock from a wrong secret', async () => {
    const signedAt = RECEIVED_AT - 20 * 60_000
    const receiver = timedReceiver()
    const headers = { 'x-time': String(signedAt / 1000), 'x-signature': 'right' }
    const rest = { headers, state: 'quarantined', reason: 'EC_SIGNATURE_INVALID' } as const
    const text = await say(aNotification('timed', '', '{}', rest), receiver, [SECRET])
    expect(text).toContain('the time in its header x-time, which is 20 min before it came')
    const late = aNotification('timed', '', '{}', { ...rest, receivedAt: signedAt })
    expect(await say(late, receiver, [SECRET])).toContain('--re-sign')
  })

  it('does not judge a proof that was not kept', async () => {
    const rest = { headers: {}, state: 'quarantined', reason: 'EC_SIGNATURE_INVALID' } as const
    expect(await say(aNotification('timed', '', '{}', rest), timedReceiver(), [SECRET])).toContain('was not kept')
  })

  it('says that what was malformed is understood by now', async () => {
    expect(await why(compact, compact, { rest: { reason: 'EC_NOTIFICATION_MALFORMED' } })).toContain(
      'Read again now it is understood',
    )
  })
})

/** Takes what carries the word `right`, for five minutes from the time that it names. */
function timedReceiver(): Receiver {
  return {
    maxBodyBytes: 1024,
    settings: {},
    keepHeaders: ['x-time', 'x-signature'],
    verify({ headers }, _secrets, _resource, now) {
      if (headers['x-signature'] === undefined) return { ok: false, code: 'EC_SIGNATURE_MISSING', detail: 'missing' }
      const isFresh = Math.abs(now - Number(headers['x-time']) * 1000) < 300_000
      return isFresh ? { ok: true } : { ok: false, code: 'EC_SIGNATURE_INVALID', detail: 'too old' }
    },
    parse: () => ({ ok: true, items: [] }),
    describe: () => [],
  }
}
