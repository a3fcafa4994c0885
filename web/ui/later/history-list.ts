import type { Item } from '../../center/center.ts'
import type { HistoryDeeds } from './history-deeds.ts'
import { createHistoryRow, type HistoryRow } from './history-row.ts'
import type { LaterKit } from './later-kit.ts'
import { createRowGroups } from './row-groups.ts'
import { createRowSight } from './row-sight.ts'
import { createSayDay } from './say-day.ts'

/** The rows of the history. It grows as the person scrolls. */
export interface HistoryList {
  readonly element: HTMLElement
  readonly size: number
  show(items: readonly Item[]): void
  /** Forgets how far it had grown. */
  restart(): void
  /** Shows more of what it has; false when it shows all. */
  grow(): boolean
  close(): void
}

/** So few that making them is not felt. */
const STEP = 25

export function createHistoryList(later: LaterKit, deeds: HistoryDeeds): HistoryList {
  const { kit } = later
  const element = kit.h('div', { class: 'rows', role: 'list', onkeydown })
  const rows = new Map<string, HistoryRow>()
  const sight = createRowSight(kit, target => rows.get(target.getAttribute('data-id') ?? '') ?? null)
  const groups = createRowGroups(element, sight)
  const sayDay = createSayDay(kit.lang)
  let items: readonly Item[] = []
  let order: readonly HistoryRow[] = []
  let limit = STEP

  function show(next: readonly Item[]): void {
    items = next
    const shown = items.slice(0, limit)
    if (shown.length === order.length && shown.every((item, i) => item === order[i]?.item)) return
    const ids = new Set(shown.map(({ event }) => event.id))
    const kept = order.filter(row => ids.has(row.item.event.id))
    if (kept.length < order.length) {
      const focused = focusAfter(ids)
      for (const row of order) if (!ids.has(row.item.event.id)) drop(row)
      focused?.focus()
    }
    order = arrange(shown, kept)
    let day = ''
    for (const row of order) {
      row.head(row.day === day ? null : sayDay(Date.parse(row.item.event.created_at)))
      day = row.day
    }
    sight.look()
  }

  /** Brings rows and items into one order; what is in its place already is not touched. */
  function arrange(shown: readonly Item[], kept: readonly HistoryRow[]): readonly HistoryRow[] {
    const moved = new Set<HistoryRow>()
    let at = 0
    let before: HistoryRow | null = null
    return shown.map(item => {
      const row = rowOf(item)
      for (let next = kept[at]; next !== undefined && moved.has(next); next = kept[at]) at += 1
      if (kept[at] === row) at += 1
      else {
        moved.add(row)
        groups.insert(row.element, before?.element ?? null)
      }
      before = row
      return row
    })
  }

  function rowOf(item: Item): HistoryRow {
    const known = rows.get(item.event.id)
    if (known !== undefined) {
      if (known.item !== item) known.update(item)
      return known
    }
    const row = createHistoryRow(later, item, deeds)
    rows.set(item.event.id, row)
    return row
  }

  function drop(row: HistoryRow): void {
    row.close()
    rows.delete(row.item.event.id)
    groups.remove(row.element)
  }

  /** The row that takes the focus of one that goes: the next that stays, else the one before. */
  function focusAfter(ids: ReadonlySet<string>): HistoryRow | null {
    const at = order.findIndex(({ element }) => element.contains(kit.root.activeElement))
    const stays = (row: HistoryRow) => ids.has(row.item.event.id)
    const focused = order[at]
    if (focused === undefined || stays(focused)) return null
    return order.slice(at).find(stays) ?? order.slice(0, at).findLast(stays) ?? null
  }

  /** Arrows lead from row to row; Tab leads through what is in them. */
  function onkeydown(event: Event): void {
    if (!(event instanceof KeyboardEvent) || !(event.target instanceof Element)) return
    if (!event.target.matches('.toggle') || !/^Arrow(Up|Down)$/.test(event.key)) return
    const { target, key } = event
    const at = order.findIndex(row => row.element.contains(target))
    event.preventDefault()
    order[key === 'ArrowDown' ? at + 1 : at - 1]?.focus()
  }

  return {
    element,
    get size() {
      return order.length
    },
    show,
    restart() {
      limit = STEP
    },
    grow() {
      if (limit >= items.length) return false
      limit += STEP
      show(items)
      return true
    },
    close() {
      sight.close()
      for (const row of order) row.close()
    },
  }
}
