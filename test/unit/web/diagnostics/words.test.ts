import { describe, expect, it } from 'vitest'
import { BROWSER_CHECKS } from '#ec/core/browser-checks.js'
import { CHECK_CODES } from '#ec/core/check-codes.js'
import { FIXES, WISH_CHECKS } from '../../../../web/diagnostics/check.ts'
import { ALL_CHECKS } from '../../../../web/diagnostics/checks/index.ts'
import { ALL_FIXES } from '../../../../web/diagnostics/fixes/index.ts'
import { EN, type Sentence } from '../../../../web/diagnostics/words/en.ts'
import { tell, WORDS } from '../../../../web/diagnostics/words/words.ts'

const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()

describe('the words of the diagnostics', () => {
  it.each(['ru', 'es'] as const)(
    'say the same in %s: with the same facts, and a step wherever there is one',
    language => {
      for (const [state, english] of Object.entries<Sentence>(EN.states)) {
        const other: Sentence = Reflect.get(WORDS[language].states, state)
        expect(`${state} ${slots(other.says).join()}`).toBe(`${state} ${slots(english.says).join()}`)
        expect(`${state} ${other.does === undefined}`).toBe(`${state} ${english.does === undefined}`)
        expect(other.says).not.toBe(english.says)
      }
      for (const [name, text] of Object.entries(EN.page)) {
        expect(slots(Reflect.get(WORDS[language].page, name))).toEqual(slots(text))
      }
    },
  )

  it.each(['en', 'ru', 'es'] as const)('name the buttons in %s as the steps call them', language => {
    const { states, fixes } = WORDS[language]
    const told = Object.values<Sentence>(states).flatMap(({ does }) => does ?? [])
    for (const fix of FIXES) {
      if (fix === 'seen' || fix === 'unseen') continue
      expect(told.some(text => text.includes(fixes[fix]))).toBe(true)
    }
  })

  it('are for exactly the checks of the page, each of which the doctor knows, and each fix is there', () => {
    const codes = ALL_CHECKS.map(({ code }) => code)
    expect(new Set(codes)).toEqual(new Set([...BROWSER_CHECKS, ...WISH_CHECKS]))
    expect(codes).toHaveLength(new Set(codes).size)
    for (const code of codes) expect(CHECK_CODES).toHaveProperty([code])
    expect(ALL_FIXES.map(({ name }) => name).sort()).toEqual([...FIXES].sort())
    // Whatever a check needs is a check.
    for (const { needs } of ALL_CHECKS) for (const need of needs) expect(codes).toContain(need)
  })

  it('put facts in their places, and instants as the person reads them', () => {
    const now = Date.parse('2026-01-05T12:00:00Z')
    const until = now + 3_600_000
    expect(tell({ status: 'warn', state: 'quiet.now', facts: { until } }, 'en', now).says).toMatch(
      /^Quiet until \d?\d:\d\d/,
    )
    const late = tell({ status: 'warn', state: 'quiet.now', facts: { until: now + 9 * 86_400_000 } }, 'es', now).says
    expect(late).toMatch(/2026/)
    expect(tell({ status: 'skipped', state: 'needs', facts: { code: 'browser.agent' } }, 'ru', now).says).toBe(
      'Сначала нужно: «EventCenter».',
    )
    expect(tell({ status: 'fail', state: 'broke', facts: { reason: '{seconds} <b>' } }, 'en', now).says).toBe(
      'It could not be looked at: {seconds} <b>',
    )
  })
})
