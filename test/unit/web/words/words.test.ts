import { describe, expect, it } from 'vitest'
import { FIRST } from '../../../../web/words/first.js'
import { LANGUAGES, pickLanguage } from '../../../../web/words/language.js'
import { LATER } from '../../../../web/words/later.js'
import { PAGE } from '../../../../web/words/page.js'
import { createSay, type Forms } from '../../../../web/words/say.js'

const CATALOGUES = Object.entries({ FIRST, LATER, PAGE })

describe('the words of the browser side', () => {
  it.each(CATALOGUES)('%s says everything in every language, with the same values in it', (_, catalogue) => {
    const english = phrasesOf(catalogue.en)
    for (const language of LANGUAGES) {
      const phrases = phrasesOf(catalogue[language])
      expect([...phrases.keys()].toSorted()).toEqual([...english.keys()].toSorted())
      for (const [word, forms] of phrases) {
        for (const form of forms) {
          expect(form.trim(), `${language} ${word}`).not.toBe('')
          expect(valuesOf(form), `${language} ${word}`).toEqual(valuesOf(english.get(word)?.[0] ?? ''))
        }
      }
    }
  })

  it.each([
    ['en', 1, 'Notifications, 1 unread'],
    ['ru', 1, 'Уведомления, 1 непрочитанное'],
    ['ru', 3, 'Уведомления, 3 непрочитанных'],
    ['ru', 11, 'Уведомления, 11 непрочитанных'],
    ['ru', 21, 'Уведомления, 21 непрочитанное'],
    ['es', 1_200, 'Notificaciones, 1200 sin leer'],
  ] as const)('counts in %s: %i', (language, n, text) => {
    expect(createSay(language, FIRST[language])('unread', { n })).toBe(text)
  })

  it('keeps a value that is written from right to left from turning the sentence around', () => {
    const say = createSay('en', LATER.en)
    expect(say('answered', { option: 'כן' })).toBe('Answered: \u2068כן\u2069')
    expect(say('answered', { option: 'Yes' })).toBe('Answered: Yes')
    expect(say('answered')).toBe('Answered: ')
  })

  it.each([
    [['fr', 'ru-RU', 'en'], 'ru'],
    [[null, undefined, 'ES_MX'], 'es'],
    [['eo'], 'en'],
    [[], 'en'],
  ] as const)('picks the first language of %j that it speaks', (wishes, language) => {
    expect(pickLanguage(wishes)).toBe(language)
  })
})

function phrasesOf(catalogue: Readonly<Record<string, string | Forms>>): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(catalogue).map(([word, phrase]) => [
      word,
      typeof phrase === 'string' ? [phrase] : Object.values(phrase),
    ]),
  )
}

function valuesOf(text: string): readonly string[] {
  return [...text.matchAll(/\{\w+\}/g)].map(String).toSorted()
}
