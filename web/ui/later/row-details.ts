import type { EcEvent } from '../../../src/core/event.ts'
import type { Mute } from '../../../src/core/preferences.ts'
import type { Item } from '../../center/center.ts'
import type { HistoryDeeds } from './history-deeds.ts'
import type { LaterKit } from './later-kit.ts'
import { snoozeTimes } from './snooze-times.ts'

/** What an open row has more than a closed one. */
export interface RowDetails {
  /** Null when the event has no body. */
  readonly text: HTMLElement | null
  readonly link: HTMLElement | null
  readonly actions: HTMLElement
  update(item: Item): void
}

export function createRowDetails(panel: LaterKit, event: EcEvent, deeds: HistoryDeeds): RowDetails {
  const { kit, tell } = panel
  const { h } = kit
  let item: Item | null = null
  const read = action('', () => withItem(known => (known.read ? deeds.unread(known) : deeds.read(known))))
  const archive = action('', () => withItem(known => (known.archived ? deeds.unarchive(known) : deeds.archive(known))))
  const more = h('div', { class: 'choices' })
  const openers = [opener('snooze', snoozeChoices), opener('mute', muteChoices), opener('why', whyLines)]
  const actions = h('div', { class: 'acts' }, h('div', { class: 'actions' }, read, archive, ...openers), more)
  const { body } = kit.eventText(event)
  const link = kit.linkOf(event, () => withItem(deeds.read))

  function withItem(deed: (item: Item) => void): void {
    if (item !== null) deed(item)
  }

  function action(label: string, onclick: () => void): HTMLButtonElement {
    return h('button', { type: 'button', class: 'quiet', onclick }, label)
  }

  /** A button that shows choices below the others. */
  function opener(word: 'snooze' | 'mute' | 'why', choices: () => readonly Node[]): HTMLButtonElement {
    const button = h('button', { type: 'button', class: 'quiet', 'aria-expanded': 'false' }, tell(word))
    button.addEventListener('click', () => {
      const opens = button.getAttribute('aria-expanded') !== 'true'
      for (const other of openers) other.setAttribute('aria-expanded', String(other === button && opens))
      more.replaceChildren(...(opens ? choices() : []))
    })
    return button
  }

  function shut(): void {
    for (const button of openers) button.setAttribute('aria-expanded', 'false')
    more.replaceChildren()
  }

  function later(label: string, at: number): HTMLButtonElement {
    return action(label, () => withItem(known => deeds.snooze(known, at)))
  }

  function snoozeChoices(): readonly Node[] {
    const { hour, evening, tomorrow } = snoozeTimes(Date.now())
    const until = h('input', {
      type: 'datetime-local',
      min: deeds.inputTime(Date.now()),
      value: deeds.inputTime(tomorrow),
    })
    function pick(): void {
      const at = Date.parse(until.value)
      if (at > Date.now()) withItem(known => deeds.snooze(known, at))
      else until.focus()
    }
    return [
      later(tell('hour'), hour),
      ...(evening === null ? [] : [later(tell('evening'), evening)]),
      later(tell('tomorrow'), tomorrow),
      h('label', {}, tell('pick'), ' ', until),
      action(tell('ok'), pick),
    ]
  }

  function muter(label: string, name: string, mute: Mute): HTMLButtonElement {
    return action(label, () => {
      shut()
      deeds.mute(mute, name)
    })
  }

  function muteChoices(): readonly Node[] {
    const { type, service, thread } = event
    const kind = panel.nameOf(type)
    const from = service === undefined ? null : kit.cleanLine(service, 60)
    return [
      muter(tell('muteKind', { name: kind }), kind, { type }),
      ...(service === undefined || from === null
        ? []
        : [muter(tell('muteService', { name: from }), from, { service })]),
      ...(thread === undefined ? [] : [muter(tell('muteThread'), tell('muteThread'), { thread })]),
    ]
  }

  function whyLines(): readonly Node[] {
    // The agent explains itself in English.
    const list = h('ul', { class: 'lines', lang: 'en' })
    const wait = h('p', { role: 'status' }, tell('loading'))
    kit.attempt(async () => {
      try {
        const sentences = await deeds.explain(event.id)
        list.append(...sentences.map(sentence => h('li', {}, kit.cleanLine(sentence, 500))))
        wait.remove()
      } catch (error) {
        shut()
        throw error
      }
    })
    return [wait, list]
  }

  return {
    text: body,
    link,
    actions,
    update(next) {
      item = next
      read.textContent = tell(next.read ? 'markUnread' : 'markRead')
      archive.textContent = tell(next.archived ? 'unarchive' : 'archive')
    },
  }
}
