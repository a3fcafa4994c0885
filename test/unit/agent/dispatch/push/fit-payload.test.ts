import { describe, expect, it } from 'vitest'
import { fitPayload as fit, type Standing } from '#ec/agent/dispatch/push/fit-payload.js'
import { fitText } from '#ec/agent/dispatch/push/fit-text.js'
import { MAX_PLAINTEXT_BYTES } from '#ec/agent/dispatch/push/encrypt.js'
import type { EcEvent } from '#ec/core/event.js'

const HOME = 'https://ec.example.org/inbox'
const BASE: EcEvent = {
  id: 'evt_1',
  user_id: '42',
  type: 'action.required',
  title: 'Deploy?',
  body: 'Version 2 is ready.',
  level: 'warning',
  created_at: '2026-01-05T09:00:00.000Z',
  cta: { label: 'Open', url: 'https://ci.example.org/7' },
  data: { action_id: 'act_7', options: ['yes', 'no'], build: 7 },
  icon: '/icon.png',
  image: '/image.png',
  lang: 'en',
  thread: 'deploys',
}

const STANDING: Standing = { seq: 7, unread: 3, close: ['evt_0'] }

function fitPayload(event: EcEvent, home: string, maxBytes: number, standing = STANDING) {
  return fit(event, standing, home, maxBytes)
}

describe('the message of an event', () => {
  it('is a declarative push message with what our worker needs beside it', () => {
    const payload = read(fitPayload(BASE, HOME, MAX_PLAINTEXT_BYTES))
    expect(payload).toEqual({
      web_push: 8030,
      mutable: true,
      notification: {
        title: 'Deploy?',
        body: 'Version 2 is ready.',
        navigate: 'https://ci.example.org/7',
        mutable: true,
        tag: expect.stringMatching(/^[\w-]{32}$/),
        lang: 'en',
        icon: 'https://ec.example.org/icon.png',
        image: 'https://ec.example.org/image.png',
        timestamp: Date.parse('2026-01-05T09:00:00.000Z'),
        requireInteraction: true,
        actions: [
          { action: 'answer:yes', title: 'yes' },
          { action: 'answer:no', title: 'no' },
        ],
        app_badge: '3',
        data: { id: 'evt_1' },
      },
      app_badge: 3,
      ec: {
        id: 'evt_1',
        seq: 7,
        type: 'action.required',
        level: 'warning',
        thread: 'deploys',
        question: 'act_7',
        options: ['yes', 'no'],
        data: { action_id: 'act_7', build: 7 },
        close: ['evt_0'],
      },
    })
  })

  it('says nothing that a browser would show without our worker, where that would do harm', () => {
    const message = JSON.parse(fit(BASE, STANDING, HOME, MAX_PLAINTEXT_BYTES, false)!.toString('utf8'))
    const { web_push: _, mutable: __, ...rest } = read(fitPayload(BASE, HOME, MAX_PLAINTEXT_BYTES))
    const { mutable: ___, ...notification } = rest.notification
    expect(message).toEqual({ ...rest, notification })
  })

  it('leads home when the event has no link', () => {
    const { cta: _, ...event } = BASE
    expect(read(fitPayload(event, HOME, MAX_PLAINTEXT_BYTES)).notification.navigate).toBe(HOME)
  })

  it.each([
    ['nothing', {}, ['close', 'data', 'options', 'icon', 'body', 'title']],
    ['data', { data: { options: ['yes'], big: big(4_000) } }, ['options', 'icon', 'body', 'title']],
    ['options', { data: { options: [big(4_000)] } }, ['icon', 'body', 'title']],
    ['pictures', { image: `https://a.example.org/${big(2_000)}`, icon: `/${big(2_000)}` }, ['body', 'title']],
    ['the end of the body', { body: big(5_000) }, ['body', 'title']],
    ['the body, and the end of the title', { title: '🎉'.repeat(500), cta: link(2_040) }, ['title']],
  ] as const)('leaves out %s first', (_what, change, kept) => {
    const bytes = fitPayload({ ...BASE, ...change }, HOME, MAX_PLAINTEXT_BYTES)
    expect(bytes!.byteLength).toBeLessThanOrEqual(MAX_PLAINTEXT_BYTES)
    const { notification, ec } = read(bytes)
    const there = {
      close: ec.close !== undefined,
      data: ec.data !== undefined,
      options: ec.options !== undefined,
      icon: notification.icon !== undefined,
      body: Boolean(notification.body),
      title: Boolean(notification.title),
    }
    expect(Object.entries(there).flatMap(([name, is]) => (is ? [name] : []))).toEqual(kept)
    expect(ec.cut).toBe(kept.some(name => name === 'data') ? undefined : true)
  })

  it('leaves out what to close before anything of its own', () => {
    const close = Array.from({ length: 16 }, (_, n) => `evt_${'0'.repeat(120)}${n}`)
    const long = { ...BASE, body: big(2_000) }
    const { ec, notification } = read(fitPayload(long, HOME, MAX_PLAINTEXT_BYTES, { ...STANDING, close }))
    expect(ec).toEqual(read(fitPayload(long, HOME, MAX_PLAINTEXT_BYTES, { ...STANDING, close: [] })).ec)
    expect(notification.body).toHaveLength(2_000)
    expect(ec.cut).toBeUndefined()
  })

  it('gives the link up last, and goes home instead', () => {
    const event = { ...BASE, cta: link(2_040) }
    const { notification } = read(fitPayload(event, HOME, 860))
    expect([notification.navigate, notification.title]).toEqual([HOME, 'Deploy?'])
    expect(fitPayload(event, HOME, 100)).toBeNull()
  })

  it.each(['Привет, мир. ', '👩‍👩‍👧‍👦', '"\\\n', 'नमस्ते', '\ud83d'])('fits bodies of %j of every length, unbroken', piece => {
    for (let count = 0; count < 1_500; count += 37) {
      const bytes = fitPayload({ ...BASE, body: piece.repeat(count) }, HOME, MAX_PLAINTEXT_BYTES)
      expect(bytes!.byteLength).toBeLessThanOrEqual(MAX_PLAINTEXT_BYTES)
      const { body = '' } = read(bytes).notification
      expect(body).not.toMatch(/\p{Cs}/u)
      if (body.endsWith('…')) expect(body.length).toBeGreaterThan(200)
    }
  })

  it('fills what there is to the last character', () => {
    const bytes = fitPayload({ ...BASE, body: 'x'.repeat(5_000) }, HOME, MAX_PLAINTEXT_BYTES)
    expect(bytes!.byteLength).toBe(MAX_PLAINTEXT_BYTES)
  })
})

describe('a text that is cut to bytes', () => {
  it.each([
    ['short', 100, 'short'],
    ['12345', 5, '12345'],
    ['123456', 5, '12…'],
    ['ééééé', 7, 'éé…'],
    ['a👩‍👩‍👧‍👦b', 20, 'a…'],
    ['"""""', 7, '""…'],
    ['one two', 7, 'one two'],
    ['one two!', 7, 'one…'],
    ['abc', 0, '…'],
  ])('%j in %i bytes is %j', (text, bytes, cut) => {
    expect(fitText(text, bytes)).toBe(cut)
  })
})

function big(bytes: number): string {
  return 'x'.repeat(bytes)
}

function link(length: number) {
  return { label: 'Open', url: `https://ci.example.org/${'y'.repeat(length - 23)}` }
}

function read(bytes: Buffer | null) {
  return JSON.parse(bytes!.toString('utf8'))
}
