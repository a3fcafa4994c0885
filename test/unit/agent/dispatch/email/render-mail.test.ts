import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderMail } from '#ec/agent/dispatch/email/render/render-mail.js'
import { openTemplates, type TemplateTrouble } from '#ec/agent/dispatch/email/render/templates.js'
import type { MailLinks, Reader } from '#ec/agent/dispatch/email/render/view-of.js'
import { LANGUAGES } from '#ec/agent/dispatch/email/words/language.js'
import { WORDS } from '#ec/agent/dispatch/email/words/words.js'
import type { EcEvent } from '#ec/core/event.js'
import { SERVICE_MAILS } from '../../../../support/service-mails.ts'
import { tempDir } from '../../../../support/temp-dir.ts'

const READER: Reader = { id: 'ana', name: 'Ana', lang: 'en', tz: 'Europe/Madrid' }
const LINKS: MailLinks = {
  unsubscribe: 'https://ec.example.org/u/TOKEN',
  answer: option => `https://ec.example.org/a/TOKEN-${option}`,
}
const NO_LINKS: MailLinks = { unsubscribe: null, answer: () => null }
const templates = openTemplates(null, trouble => expect.fail(trouble.message))

function anEvent(fields: Partial<EcEvent> = {}): EcEvent {
  return {
    id: 'evt_1',
    user_id: 'ana',
    type: 'job.done',
    title: 'The report is ready',
    body: 'Forty pages.',
    level: 'info',
    created_at: '2026-01-05T12:00:00.000Z',
    ...fields,
  }
}

function render(event: EcEvent, reader: Partial<Reader> = {}, links = LINKS) {
  return renderMail(templates, { event, reader: { ...READER, ...reader }, links, host: 'example.org' })
}

describe('the mails of services', () => {
  it.each(LANGUAGES)('read as the golden file says (%s)', async language => {
    const mails = SERVICE_MAILS.filter(mail => mail.language === language)
    expect(mails).toHaveLength(18)
    const texts = mails.map(({ what, event }) => {
      const { subject, text, headers } = render(event, { lang: language })
      const lines = Object.entries(headers.others).map(([name, value]) => `${name}: ${value}`)
      return [`### ${what}`, `Subject: ${subject}`, ...lines, '', text].join('\n')
    })
    await expect(texts.join('\n')).toMatchFileSnapshot(`mails.${language}.golden.txt`)
  })

  it.each(['message.new', 'action.required', 'job.done'])('have the HTML of the golden file (%s)', async type => {
    const mail = SERVICE_MAILS.find(({ event, language }) => event.type === type && language === 'en')
    if (mail === undefined) return expect.fail('no such mail')
    await expect(render(mail.event).html).toMatchFileSnapshot(`${type}.html.golden.txt`)
  })

  it('say in HTML what they say in text, with one call to action', () => {
    for (const { event, language } of SERVICE_MAILS) {
      const { html, text } = render(event, { lang: language })
      expect(html).toContain(`<html lang="${language}">`)
      const seen = html
        .replace(/<style>[^]*<\/style>/, '')
        .replace(/<[^>]+>/g, '\n')
        .replaceAll('&#39;', "'")
      for (const line of text
        .split('\n')
        .filter(one => /^[^:*]+$/.test(one) && !one.startsWith('-- ') && !one.startsWith('> '))) {
        expect(seen).toContain(line)
      }
      expect(html.match(/class="button"/g) ?? []).toHaveLength(event.cta === undefined ? 0 : 1)
    }
  })
})

describe('a mail', () => {
  it('speaks the language of its reader, else of its event, else English', () => {
    const spanish = anEvent({ lang: 'es-MX' })
    expect(render(spanish, { lang: 'ru' }).text).toContain('Готово')
    expect(render(spanish, { lang: null }).text).toContain('Listo')
    expect(render(spanish, { lang: 'de' }).text).toContain('Listo')
    expect(render(anEvent({ lang: 'de' }), { lang: 'fr' }).text).toContain('Ready')
  })

  it.each([
    ['en', 1, '1 option:'],
    ['en', 2, '2 options:'],
    ['ru', 1, '1 вариант:'],
    ['ru', 3, '3 варианта:'],
    ['ru', 5, '5 вариантов:'],
    ['ru', 11, '11 вариантов:'],
    ['es', 1, '1 opción:'],
    ['es', 4, '4 opciones:'],
  ])('counts in %s: %i', (lang, n, said) => {
    const options = Array.from({ length: n }, (_, i) => `option ${i}`)
    expect(render(anEvent({ type: 'action.required', data: { options } }), { lang }).text).toContain(said)
  })

  it.each([
    ['en', 3_660, 'Took: 1 hour 1 minute'],
    ['ru', 7_500, 'Заняло: 2 часа 5 минут'],
    ['es', 0, 'Duración: 0 segundos'],
    ['en', 90_000, 'Took: 1 day 1 hour'],
    ['ru', 21, 'Заняло: 21 секунда'],
  ])('tells a duration in %s', (lang, duration_s, said) => {
    expect(render(anEvent({ data: { duration_s } }), { lang }).text).toContain(said)
  })

  it('tells an instant in the time zone of its reader, by summer and by winter time', () => {
    expect(due('2026-01-09T16:00:00Z', 'Europe/Madrid')).toContain('Due: Friday, January 9, 17:00')
    expect(due('2026-07-09T16:00:00Z', 'Europe/Madrid')).toContain('Due: Thursday, July 9, 18:00')
    expect(due('2026-01-09T23:30:00Z', 'Asia/Kolkata')).toContain('Due: Saturday, January 10, 05:00')
    expect(due('2026-01-09T16:00:00Z', null)).toContain('16:00 UTC')
  })

  it('passes over facts that are none', () => {
    const data = { due_at: 'soon', duration_s: -1, from: '  ' }
    expect(render(anEvent({ type: 'message.new', data })).text).not.toMatch(/Due|Took|From/)
  })

  it('escapes everything that a sender wrote', () => {
    const evil = `<img src=x onerror="alert(1)">'&`
    const event = anEvent({
      type: 'action.required',
      title: evil,
      body: evil,
      service: evil,
      data: { options: [evil], from: evil },
      cta: { label: evil, url: 'https://example.org/?a="><script>' },
    })
    const { html } = render(event, {}, NO_LINKS)
    expect(html).not.toContain('<img')
    expect(html).not.toContain('<script')
    expect(html).toContain('&lt;img')
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', 'https://bank.example@evil.example/', 'ftp://example.org', ''])(
    'has no link to %s',
    url => {
      const { html, text } = render(anEvent({ cta: { label: 'Open', url } }))
      expect(html).not.toContain('class="button"')
      expect(text).not.toContain('Open:')
    },
  )

  it('names the options and says where to answer when no page can be opened', () => {
    const event = anEvent({ type: 'action.required', data: { options: ['Yes', 'No'] } })
    const { text, html, headers } = render(event, {}, NO_LINKS)
    expect(text).toContain('* Yes\n* No\n\nAnswer where you see your notifications.')
    expect(html).not.toContain('href')
    expect(headers.others).not.toHaveProperty('List-Unsubscribe')
  })

  it('has words for every kind in every language', () => {
    const [first, ...others] = LANGUAGES.map(language => Object.keys(WORDS[language].kinds).sort())
    for (const keys of others) expect(keys).toEqual(first)
  })
})

describe('its headers', () => {
  const NEXT_LINE = [0x0a, 0x0d, 0x85, 0x2028, 0x2029].map(code => String.fromCodePoint(code))

  it.each(NEXT_LINE)('cannot be added to by a title with a line break (%j)', end => {
    const { subject } = render(anEvent({ title: `Hello${end}Bcc: everybody@example.org` }))
    expect(subject).toBe('Hello Bcc: everybody@example.org')
  })

  it('hold no text that runs backwards, no empty subject and none without end', () => {
    expect(render(anEvent({ title: 'invoice\u202egpj.exe' })).subject).toBe('invoicegpj.exe')
    expect(render(anEvent({ title: ' \u200b\r\n ' })).subject).toBe('Ready')
    expect(render(anEvent({ title: 'x'.repeat(10_000) })).subject).toHaveLength(150)
  })

  it('take hostile ids, types and threads as hashes', () => {
    const id = 'a:b@c/d+e='.repeat(10)
    const { headers } = render(anEvent({ id, thread: 'x>\r\nBcc: y', type: `${'t'.repeat(100)}.x` }))
    const all = [headers.messageId, headers.inReplyTo ?? '', headers.others['List-Id'] ?? '']
    for (const value of all) expect(value).toMatch(/^<[a-z0-9.-]+(@example\.org)?>$/)
  })

  it('are the same for each try, and others for each person', () => {
    expect(render(anEvent()).headers).toEqual(render(anEvent()).headers)
    expect(render(anEvent()).headers.messageId).not.toBe(render(anEvent({ user_id: 'ivan' })).headers.messageId)
  })

  it('tie the mails of a thread together, and those of a question', () => {
    expect(root({})).toBeNull()
    expect(root({ id: 'evt_1', thread: 't' })).toBe(root({ id: 'evt_2', thread: 't' }))
    expect(root({ thread: 't' })).not.toBe(root({ thread: 'u' }))
    expect(root({ thread: 't' })).not.toBe(root({ thread: 't', user_id: 'ivan' }))
    expect(root({ type: 'action.required', data: { options: ['A'], action_id: 'q' } })).not.toBeNull()
  })

  it('offer to unsubscribe by one click, but not from what is critical or waits for an answer', () => {
    expect(render(anEvent()).headers.others).toMatchObject({
      'List-Unsubscribe': '<https://ec.example.org/u/TOKEN>',
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    })
    for (const fields of [{ level: 'critical' }, { type: 'action.required' }] as const) {
      const { headers, text } = render(anEvent(fields))
      expect(headers.others).not.toHaveProperty('List-Unsubscribe')
      expect(text).toContain('E-mail settings: https://ec.example.org/u/TOKEN')
    }
  })
})

describe('templates of the operator', () => {
  it('come before ours: by type and service, type, family; of a language first', () => {
    const { say, own, troubles } = openOwn({
      'job.text.eta': 'a job: <%= it.title %>',
      'job.done.notes.ru.text.eta': 'заметка',
      'job.done.notes.text.eta': 'a note',
      'job.done.subject.eta': 'Done: <%= it.title %>!\nBcc: x',
    })
    expect(say(anEvent({ service: 'notes' })).text).toContain('a note')
    expect(say(anEvent({ service: 'notes' }), 'ru').text).toContain('заметка')
    expect(say(anEvent({ service: 'tasks' })).text).toContain('a job: The report is ready')
    expect(say(anEvent({ type: 'task.created' })).text).not.toContain('a job')
    expect(say(anEvent()).subject).toBe('Done: The report is ready! Bcc: x')
    expect(own.own).toHaveLength(4)
    expect(troubles).toEqual([])
  })

  it('that are broken lose no mail: ours takes their place, and it is told', () => {
    const { say, troubles } = openOwn({
      'job.done.html.eta': '<% if (it. %>',
      'job.done.text.eta': '<%= it.nobody.knows %>',
      'layout.html.eta': '   ',
    })
    const { html, text } = say(anEvent())
    expect(html).toContain('Forty pages.')
    expect(html).toContain('<!doctype html>')
    expect(text).toContain('Forty pages.')
    expect(troubles.map(({ file }) => file.split('/').at(-1))).toEqual([
      'job.done.html.eta',
      'job.done.text.eta',
      'layout.html.eta',
    ])
  })

  it('escape as ours do', () => {
    const { say } = openOwn({ 'job.done.html.eta': '<p><%= it.event.title %></p>' })
    expect(say(anEvent({ title: '<b>' })).html).toContain('<p>&lt;b&gt;</p>')
  })

  it('may be missing altogether: a folder that is not there is told, and ours serve', () => {
    const troubles: TemplateTrouble[] = []
    const none = openTemplates(join(tempDir(), 'nowhere'), trouble => void troubles.push(trouble))
    expect(none.own).toEqual([])
    expect(troubles).toHaveLength(1)
  })
})

function due(due_at: string, tz: string | null): string {
  return render(anEvent({ type: 'reminder.due', data: { due_at } }), { tz }).text
}

function root(fields: Partial<EcEvent>): string | null {
  return render(anEvent(fields)).headers.inReplyTo
}

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = join(tempDir(), 'templates')
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

function openOwn(files: Readonly<Record<string, string>>) {
  const troubles: TemplateTrouble[] = []
  const own = openTemplates(folderOf(files), trouble => void troubles.push(trouble))
  const say = (event: EcEvent, lang = 'en') =>
    renderMail(own, { event, reader: { ...READER, lang }, links: LINKS, host: 'example.org' })
  return { own, troubles, say }
}
