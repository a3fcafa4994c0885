import { describe, expect, it } from 'vitest'
import { browserKind, nameOf } from '../../../../web/push/browser-kind.ts'
import { guideFor } from '../../../../web/push/unblock/unblock.ts'
import { PLACES, placeOf, SYSTEMS } from '../../../../web/push/unblock/place.ts'
import { en } from '../../../../web/push/unblock/en.ts'
import { es } from '../../../../web/push/unblock/es.ts'
import { ru } from '../../../../web/push/unblock/ru.ts'

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)'
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)'
const ANDROID = 'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)'
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)'

const kind = (userAgent: string, installed = false, touchPoints = 0) =>
  browserKind({ userAgent, installed, touchPoints })

describe('the steps that undo a refusal', () => {
  it.each<[string, string, boolean, number, string, string]>([
    ['Chrome, Windows', `${WINDOWS} Chrome/146.0.0.0 Safari/537.36`, false, 0, 'chrome-desktop', 'windows'],
    ['Chrome, installed', `${WINDOWS} Chrome/146.0.0.0 Safari/537.36`, true, 0, 'app-desktop', 'windows'],
    ['Edge, Windows', `${WINDOWS} Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0`, false, 0, 'edge-desktop', 'windows'],
    ['Opera, macOS', `${MAC} Chrome/146.0.0.0 Safari/537.36 OPR/120.0.0.0`, false, 0, 'opera-desktop', 'mac'],
    ['Chrome, Android', `${ANDROID} Chrome/146.0.0.0 Mobile Safari/537.36`, false, 5, 'chrome-android', 'android'],
    [
      'Edge, Android',
      `${ANDROID} Chrome/146.0.0.0 Mobile Safari/537.36 EdgA/146.0.0.0`,
      false,
      5,
      'chrome-android',
      'android',
    ],
    ['installed, Android', `${ANDROID} Chrome/146.0.0.0 Mobile Safari/537.36`, true, 5, 'app-android', 'android'],
    ['Samsung', `${ANDROID} SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36`, false, 5, 'samsung', 'android'],
    [
      'Firefox, Linux',
      'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
      false,
      0,
      'firefox-desktop',
      'linux',
    ],
    [
      'Firefox, Android',
      'Mozilla/5.0 (Android 15; Mobile; rv:153.0) Gecko/153.0 Firefox/153.0',
      false,
      5,
      'firefox-android',
      'android',
    ],
    ['Safari, macOS', `${MAC} Version/18.4 Safari/605.1.15`, false, 0, 'safari-mac', 'mac'],
    ['iPhone, installed', `${IPHONE} Version/18.4 Mobile/15E148 Safari/604.1`, true, 5, 'app-ios', 'ios'],
    ['iPad, installed', `${MAC} Version/18.4 Safari/605.1.15`, true, 5, 'app-ios', 'ios'],
    ['Chrome, iPhone', `${IPHONE} CriOS/146.0.0.0 Mobile/15E148 Safari/604.1`, true, 5, 'app-ios', 'ios'],
    [
      'ChromeOS',
      'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/146.0.0.0 Safari/537.36',
      false,
      0,
      'chrome-desktop',
      'chromeos',
    ],
    ['something else', 'Lynx/2.8', false, 0, 'other', 'other'],
  ])('%s', (_what, userAgent, installed, touchPoints, place, system) => {
    const found = kind(userAgent, installed, touchPoints)
    expect([placeOf(found), found.system]).toEqual([place, system])
    for (const [language, texts] of Object.entries({ en, ru, es })) {
      const { title, steps } = guideFor('denied', found, 'app.example.org', language)
      expect(title).toContain('app.example.org')
      expect(steps[0]).toBe(texts.denied[placeOf(found)][0]?.replace('SITE', 'app.example.org'))
      const hasSystem = SYSTEMS.some(known => known === system)
      expect(steps).toHaveLength(texts.denied[placeOf(found)].length + (hasSystem ? 1 : 0))
      expect(steps.join()).not.toMatch(/SITE|BROWSER/)
    }
  })

  it('are in three languages, which say the same number of things', () => {
    for (const place of PLACES) {
      expect([ru.denied[place].length, es.denied[place].length]).toEqual([
        en.denied[place].length,
        en.denied[place].length,
      ])
      expect(new Set([en, ru, es].map(texts => texts.denied[place].join())).size).toBe(3)
    }
    for (const texts of [en, ru, es]) {
      for (const text of [...Object.values(texts.denied), texts.install].flat()) expect(text).toMatch(/\.$/)
    }
  })

  it('lead on from the other states', () => {
    const iphone = kind(`${IPHONE} Version/18.4 Mobile/15E148 Safari/604.1`, false, 5)
    expect(guideFor('install-first', iphone, 'x', 'en').steps[1]).toContain('Add to Home Screen')
    expect(guideFor('install-first', iphone, 'x', 'ru-RU').steps[1]).toContain('На экран')
    expect(guideFor('install-first', iphone, 'x', 'es-MX').steps[1]).toContain('Añadir a pantalla de inicio')
    const old = kind(`${IPHONE.replace('18_4', '15_8')} Version/15.6 Mobile/15E148 Safari/604.1`, false, 5)
    expect(guideFor('unsupported', old, 'x', 'en').title).toContain('16.4')
    expect(guideFor('unsupported', kind(`${WINDOWS} Chrome/40.0`), 'x', 'fr').title).toContain('no notifications')
    expect(guideFor('insecure', iphone, 'x', 'en').steps[0]).toContain('https://')
    expect(guideFor('on', kind(`${WINDOWS} Chrome/146.0.0.0`), 'x', 'en').steps).toEqual([
      'If nothing shows still: Windows Settings, “System”, “Notifications”: switch on Chrome.',
    ])
    expect(guideFor('on', iphone, 'x', 'en').steps).toEqual([])
  })
})

describe('a device in a list', () => {
  it.each([
    [`${WINDOWS} Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0`, 'Edge, Windows', 'Windows'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0', 'Firefox, Linux', 'Linux'],
    ['Lynx/2.8', null, null],
  ])('is called after its browser and system', (userAgent, name, platform) => {
    expect(nameOf(kind(userAgent))).toEqual({ name, platform })
  })
})
