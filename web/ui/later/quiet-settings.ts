import type { QuietHours } from '../../../src/core/preferences.ts'
import { WEEKDAYS } from '../../../src/core/quiet-hours.ts'
import type { DrawSettings } from './draw-settings.ts'
import type { LaterKit } from './later-kit.ts'
import { nameWeekdays } from './name-weekdays.ts'

/** By the clock of this browser, unless the person has said another. */
const USUAL: QuietHours = { from: '22:00', to: '08:00' }

/** When nothing is to reach for the person. */
export function createQuietSettings({ kit, tell }: LaterKit): DrawSettings {
  const { h } = kit
  const names = nameWeekdays(kit.lang)

  return function draw({ quiet_hours: quiet }, save) {
    const zone = quiet?.tz ?? Intl.DateTimeFormat().resolvedOptions().timeZone
    const days = quiet?.days ?? WEEKDAYS
    const levels = quiet?.allow_levels ?? []

    function put(change: Partial<QuietHours>): void {
      save({ quiet_hours: { ...USUAL, ...quiet, tz: zone, ...change } })
    }

    function check(name: string, label: string, checked: boolean, put: (isOn: boolean) => void): HTMLElement {
      const box = h('input', { type: 'checkbox', checked, 'data-name': name, onchange: () => put(box.checked) })
      return h('label', { class: 'check' }, box, label)
    }

    function time(side: 'from' | 'to'): HTMLElement {
      const input = h('input', { type: 'time', value: (quiet ?? USUAL)[side], 'data-name': `quiet ${side}`, onchange })
      function onchange(): void {
        // Half a time is no time yet.
        if (input.value !== '') put({ [side]: input.value.slice(0, 5) })
      }
      return h('label', {}, tell(side), ' ', input)
    }

    function day(name: (typeof WEEKDAYS)[number], i: number): HTMLElement {
      return check(`quiet ${name}`, names[i] ?? name, days.includes(name), isOn => {
        const chosen = WEEKDAYS.filter(other => (other === name ? isOn : days.includes(other)))
        // Quiet on no day is no quiet.
        if (chosen.length === 0) save({ quiet_hours: null })
        else put({ days: chosen })
      })
    }

    const isOn = quiet !== null
    return h(
      'section',
      {},
      h('h3', {}, tell('quiet')),
      h('p', { class: 'help' }, tell('quietHelp')),
      check('quiet', tell('quietOn'), isOn, on => (on ? put({}) : save({ quiet_hours: null }))),
      isOn
        ? h('div', { class: 'line-up' }, time('from'), time('to'), h('span', { class: 'help' }, tell('zone', { zone })))
        : null,
      isOn ? h('fieldset', {}, h('legend', {}, tell('days')), ...WEEKDAYS.map(day)) : null,
      isOn
        ? check('quiet errors', tell('errorsToo'), levels.includes('error'), on =>
            put({ allow_levels: on ? [...levels, 'error'] : levels.filter(level => level !== 'error') }),
          )
        : null,
    )
  }
}
