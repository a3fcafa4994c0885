import type { DigestRule } from '../../../src/core/digest-rule.ts'
import { WEEKDAYS } from '../../../src/core/quiet-hours.ts'
import type { DrawSettings } from './draw-settings.ts'
import { nameWeekdays } from './name-weekdays.ts'
import type { LaterKit } from './later-kit.ts'

const USUAL_AT = '08:00'

/** When the mail comes that gathers several. */
export function createDigestSettings({ kit, tell }: LaterKit): DrawSettings {
  const { h } = kit
  const names = nameWeekdays(kit.lang)

  return function draw({ digest }, save) {
    const every = digest?.every ?? 'never'
    const isCron = !['never', 'daily', 'weekly'].includes(every)
    const at = digest?.at ?? USUAL_AT

    function put(change: Partial<DigestRule> & { readonly every: string }): void {
      const { tz, min_items } = digest ?? {}
      save({
        digest: {
          at,
          ...(tz === undefined ? {} : { tz }),
          ...(min_items === undefined ? {} : { min_items }),
          ...(change.every === 'weekly' ? { weekday: digest?.weekday ?? 'mon' } : {}),
          ...change,
        },
      })
    }

    function choice(value: string, label: string): HTMLOptionElement {
      return h('option', { value, selected: value === every }, label)
    }

    function often(): HTMLElement {
      const select = h(
        'select',
        {
          'data-name': 'digest',
          onchange: () => (select.value === 'never' ? save({ digest: null }) : put({ every: select.value })),
        },
        choice('never', tell('never')),
        choice('daily', tell('daily')),
        choice('weekly', tell('weekly')),
        // It was made elsewhere, and is only shown.
        isCron ? h('option', { value: every, selected: true, disabled: true }, tell('ownRule', { rule: every })) : null,
      )
      return h('label', {}, tell('howOften'), ' ', select)
    }

    function time(): HTMLElement {
      const input = h('input', { type: 'time', value: at, 'data-name': 'digest at', onchange })
      function onchange(): void {
        if (input.value !== '') put({ every, at: input.value.slice(0, 5) })
      }
      return h('label', {}, tell('at'), ' ', input)
    }

    function day(): HTMLElement {
      const select = h(
        'select',
        { 'data-name': 'digest day', onchange },
        ...WEEKDAYS.map((name, i) =>
          h('option', { value: name, selected: name === (digest?.weekday ?? 'mon') }, names[i] ?? name),
        ),
      )
      function onchange(): void {
        put({ every, weekday: WEEKDAYS.find(name => name === select.value) ?? 'mon' })
      }
      return h('label', {}, tell('weekday'), ' ', select)
    }

    return h(
      'section',
      {},
      h('h3', {}, tell('digest')),
      h('p', { class: 'help' }, tell('digestHelp')),
      h(
        'div',
        { class: 'line-up' },
        often(),
        every === 'weekly' ? day() : null,
        every === 'daily' || every === 'weekly' ? time() : null,
      ),
    )
  }
}
