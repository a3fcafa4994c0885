import type { Mute } from '../../../src/core/preferences.ts'
import type { Item } from '../../center/center.ts'
import type { History } from './history.ts'
import type { LaterKit } from './later-kit.ts'

/** What a person can do with an event of the history, and how its times are written. */
export interface HistoryDeeds {
  read(item: Item): void
  unread(item: Item): void
  archive(item: Item): void
  unarchive(item: Item): void
  /** ms since 1970. */
  snooze(item: Item, until: number): void
  /** `name`: what the person is told that it is. */
  mute(mute: Mute, name: string): void
  explain(id: string): Promise<readonly string[]>
  fullTime(at: number): string
  timeOfDay(at: number): string
  /** As an input of the browser's takes it, by the browser's clock. */
  inputTime(at: number): string
}

export function createHistoryDeeds({ kit, tell }: LaterKit, history: History): HistoryDeeds {
  const { center } = kit
  const full = new Intl.DateTimeFormat(kit.lang, { dateStyle: 'medium', timeStyle: 'short' })
  const short = new Intl.DateTimeFormat(kit.lang, { timeStyle: 'short' })

  /** Shows a change at once, and takes it back when the agent refuses. */
  function change(
    item: Item,
    change: Partial<Item>,
    done: Promise<void>,
    told?: { readonly text: string; readonly undo?: () => void },
  ): void {
    const { id } = item.event
    history.patch(id, change)
    kit.attempt(async () => {
      try {
        await done
      } catch (error) {
        history.patch(id, item)
        throw error
      }
      if (told?.undo !== undefined) kit.note(told.text, { label: tell('undo'), run: told.undo })
      else if (told !== undefined) kit.note(told.text)
    })
  }

  function unarchive(item: Item): void {
    change(item, { archived: false }, center.unarchive([item.event.id]))
  }

  return {
    read: item => change(item, { read: true, seen: true }, center.markRead([item.event.id])),
    unread: item => change(item, { read: false }, center.markUnread([item.event.id])),
    archive(item) {
      const undo = () => unarchive({ ...item, archived: true })
      change(item, { archived: true }, center.archive([item.event.id]), { text: tell('archivedNote'), undo })
    },
    unarchive,
    snooze(item, until) {
      const text = tell('snoozedNote', { when: full.format(until) })
      change(item, { snoozedUntil: until }, center.snooze(item.event.id, until), { text })
    },
    mute(mute, name) {
      kit.attempt(async () => {
        const { mute: muted } = await center.getPreferences()
        await center.putPreferences({ mute: [...muted, mute] })
        kit.note(tell('mutedNote', { name }))
      })
    },
    async explain(id) {
      const path = `/api/events/${encodeURIComponent(id)}/trace`
      const { sentences } = await center.call<{ readonly sentences: readonly string[] }>('GET', path)
      return sentences
    },
    fullTime: at => full.format(at),
    timeOfDay: at => short.format(at),
    inputTime(at) {
      const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
      return local.toISOString().slice(0, 16)
    },
  }
}
