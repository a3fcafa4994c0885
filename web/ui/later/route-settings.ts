import type { Preferences } from '../../../src/core/preferences.ts'
import type { DrawSettings } from './draw-settings.ts'
import type { LaterKit } from './later-kit.ts'
import { settingOf, SWITCHED, withSetting, type Setting } from './preferences-edit.ts'

/** More kinds than anybody tells apart. */
const MOST_KINDS = 30
/** The newest say what there is. */
const MOST_ITEMS = 500

/** Which kind of event goes where. */
export function createRouteSettings({ kit, tell, nameOf, builtIn }: LaterKit): DrawSettings {
  const { h, center } = kit
  const columns = [tell('onPage'), tell('push'), tell('mail')]

  function kindsOf(channels: Preferences['channels']): readonly string[] {
    const own = channels.flatMap(({ type }) => type ?? [])
    const seen = center.state.items.slice(0, MOST_ITEMS).map(({ event }) => event.type)
    return [...new Set([...builtIn, ...own, ...seen])].slice(0, MOST_KINDS)
  }

  return function draw({ channels }, save) {
    const rows = kindsOf(channels).map(type =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, h('span', { dir: 'auto' }, nameOf(type))),
        ...SWITCHED.map((channel, i) => {
          const column = columns[i] ?? ''
          const settings: readonly Setting[] =
            channel === 'email' ? ['usual', 'on', 'digest', 'off'] : ['usual', 'on', 'off']
          const now = settingOf(channels, type, channel)
          const options = settings.map(setting =>
            h(
              'option',
              { value: setting, selected: setting === now },
              tell(setting === 'digest' ? 'inDigest' : setting),
            ),
          )
          const select = h(
            'select',
            { 'aria-label': `${nameOf(type)}: ${column}`, 'data-name': `${type} ${channel}`, onchange },
            ...options,
          )
          function onchange(): void {
            const setting = settings.find(known => known === select.value) ?? 'usual'
            save({ channels: withSetting(channels, type, channel, setting) })
          }
          return h('td', {}, h('span', { class: 'column', 'aria-hidden': 'true' }, column), select)
        }),
      ),
    )
    const heads = [tell('kind'), ...columns].map(head => h('th', { scope: 'col' }, head))
    return h(
      'section',
      {},
      h('h3', {}, tell('routes')),
      h('p', { class: 'help' }, tell('routesHelp')),
      h('table', {}, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...rows)),
    )
  }
}
