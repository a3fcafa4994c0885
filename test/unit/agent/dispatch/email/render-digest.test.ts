import { describe, expect, it } from 'vitest'
import type { DigestLinks } from '#ec/agent/dispatch/email/render/digest-view.js'
import { renderDigest } from '#ec/agent/dispatch/email/render/render-digest.js'
import { openTemplates } from '#ec/agent/dispatch/email/render/templates.js'
import type { Reader } from '#ec/agent/dispatch/email/render/view-of.js'
import { LANGUAGES } from '#ec/agent/dispatch/email/words/language.js'
import type { EcEvent } from '#ec/core/event.js'

const READER: Reader = { id: 'ana', name: 'Ana', lang: 'en', tz: 'Europe/Madrid' }
const LINKS = { unsubscribe: 'https://ec.example.org/u/TOKEN', inbox: 'https://app.example.org/inbox' }
const templates = openTemplates(null, trouble => expect.fail(trouble.message))

function anEvent(n: number, fields: Partial<EcEvent> = {}): EcEvent {
  return {
    id: `evt_${n}`,
    user_id: 'ana',
    type: 'message.new',
    title: `Message ${n}`,
    body: 'Hello there.',
    level: 'info',
    created_at: `2026-01-05T12:0${n % 10}:00.000Z`,
    ...fields,
  }
}

const EVENTS = [
  anEvent(1, { service: 'chat', thread: 't1', title: 'Boris' }),
  anEvent(2, { service: 'tasks', title: 'Water the plants', body: '' }),
  anEvent(3, { service: 'chat', thread: 't2', title: 'Clara', level: 'warning' }),
  anEvent(4, { service: 'chat', thread: 't1', title: 'Boris', cta: { label: 'x', url: 'https://chat.example.org/4' } }),
  anEvent(5, { service: 'build-bot', title: 'Built', body: 'Line one.\nLine two.' }),
  anEvent(6, { title: 'From nowhere' }),
]

function render(
  events: readonly EcEvent[],
  reader: Partial<Reader> = {},
  total = events.length,
  links: DigestLinks = LINKS,
) {
  const digest = { id: '2026-01-06T07:00:00.000Z', events, total }
  return renderDigest(templates, { digest, reader: { ...READER, ...reader }, links, host: 'example.org' })
}

describe('a digest', () => {
  it.each(LANGUAGES)('reads as the golden file says (%s)', async language => {
    const { subject, text, headers } = render(EVENTS, { lang: language }, 28)
    const lines = Object.entries({ 'Message-ID': headers.messageId, ...headers.others })
    const head = lines.map(([name, value]) => `${name}: ${value}`).join('\n')
    await expect(`Subject: ${subject}\n${head}\n\n${text}`).toMatchFileSnapshot(`digest.${language}.golden.txt`)
  })

  it('has the HTML of the golden file', async () => {
    await expect(render(EVENTS, {}, 28).html).toMatchFileSnapshot('digest.html.golden.txt')
  })

  it.each([
    ['en', 1, '1 update'],
    ['en', 2, '2 updates'],
    ['en', 1_000, '1,000 updates'],
    ['ru', 1, '1 новость'],
    ['ru', 3, '3 новости'],
    ['ru', 11, '11 новостей'],
    ['ru', 21, '21 новость'],
    ['ru', 114, '114 новостей'],
    ['es', 1, '1 novedad'],
    ['es', 2, '2 novedades'],
    ['es', 1_000_000, '1.000.000 de novedades'],
    ['pt', 2, '2 updates'],
  ])('counts in %s: %i is %s', (lang, total, words) => {
    expect(render([anEvent(1)], { lang }, total).subject).toMatch(new RegExp(`^${words}: `))
  })

  it('shows what others wrote as text, cut to a line, and links to the web alone', () => {
    const evil = anEvent(1, {
      service: '<b>x</b>\r\nBcc: a@b.c',
      title: '<script>alert(1)</script>\u202e',
      body: `${'long '.repeat(200)}`,
      cta: { label: 'x', url: 'javascript:alert(1)' },
    })
    const { subject, html, text } = render([evil])
    expect(html).not.toMatch(/<script>|<b>x|javascript:/)
    expect(html).toContain('&lt;script&gt;')
    expect(subject).not.toMatch(/[\r\n]/)
    expect(text).not.toContain('\u202e')
    expect(Math.max(...text.split('\n').map(line => line.length))).toBeLessThan(300)
  })

  it('has no link that leads nowhere', () => {
    const nowhere = { unsubscribe: null, inbox: null }
    const { html, text, headers } = render([anEvent(1)], {}, 1, nowhere)
    expect(`${html}${text}`).not.toMatch(/href=|https?:|null/)
    expect(Object.keys(headers.others)).not.toContain('List-Unsubscribe')
  })

  it('has the same name for each try, and another for each user and instant', () => {
    const [first, second] = ['2026-01-06T07:00:00.000Z', '2026-01-07T07:00:00.000Z'] as const
    expect(id('ana', first)).toBe(id('ana', first))
    expect(new Set([id('ana', first), id('ana', second), id('bob', first)]).size).toBe(3)
  })
})

function id(user: string, digest: string): string {
  const what = { id: digest, events: EVENTS, total: 6 }
  return renderDigest(templates, { digest: what, reader: { ...READER, id: user }, links: LINKS, host: 'example.org' })
    .headers.messageId
}
