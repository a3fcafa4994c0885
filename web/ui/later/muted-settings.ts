import type { DrawSettings } from './draw-settings.ts'
import type { LaterKit } from './later-kit.ts'

/** What is muted, and how to hear of it again. */
export function createMutedSettings({ kit, tell, nameOf }: LaterKit): DrawSettings {
  const { h } = kit
  return function draw({ mute }, save) {
    const rows = mute.map((entry, i) => {
      const { type, service, thread, until } = entry
      const name = type === undefined ? kit.cleanLine(service ?? thread ?? '', 80) : nameOf(type)
      const end = until === undefined ? '' : tell('until', { when: kit.sayWhen(Date.parse(until), Date.now()) })
      const onclick = () => save({ mute: mute.filter(other => other !== entry) })
      return h(
        'li',
        {},
        h('span', { dir: 'auto' }, name),
        h('span', { class: 'help' }, end),
        h(
          'button',
          { type: 'button', class: 'quiet', 'aria-label': tell('unmute', { name }), 'data-name': `mute ${i}`, onclick },
          tell('unarchive'),
        ),
      )
    })
    const list =
      rows.length === 0 ? h('p', { class: 'help' }, tell('nothingMuted')) : h('ul', { class: 'entries' }, ...rows)
    return h('section', {}, h('h3', {}, tell('muted')), list)
  }
}
