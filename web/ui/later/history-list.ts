import type { Item } from '../../center/center.ts'
import type { HistoryDeeds } from './history-deeds.ts'
import { createHistoryRow, type HistoryRow } from './history-row.ts'
import type { LaterKit } from './later-kit.ts'

/** The rows of the history. It grows as the person scrolls; the browser skips what is out of sight. */
export interface HistoryList {
  readonly element: HTMLElement
  show(items: readonly Item[]): void
  /** Forgets how far it had grown. */
  restart(): void
  /** Shows more of what it has; false when it shows all. */
  grow(): boolean
  find(id: string): HistoryRow | null
  close(): void
}

/** So few that making them is not felt. */
const STEP = 25
const AGE_MS = 30_000
/** What was in sight so long was seen. */
const SEEN_MS = 800

export function createHistoryList(panel: LaterKit, deeds: HistoryDeeds): HistoryList {
  const { kit } = panel
  const { center, h } = kit
  // Without markers Safari takes a list for none.
  const element = h('ul', { class: 'rows', role: 'list', onkeydown })
  const rows = new Map<string, HistoryRow>()
  const inSight = new Set<HistoryRow>()
  const sayDay = createSayDay(kit.lang)
  let items: readonly Item[] = []
  let limit = STEP
  let seeing: ReturnType<typeof setTimeout> | null = null
  const sight = new IntersectionObserver(look)
  const ageing = setInterval(() => {
    for (const row of inSight) row.age(Date.now())
  }, AGE_MS)

  function show(next: readonly Item[]): void {
    items = next
    const shown = items.slice(0, limit)
    const ids = new Set(shown.map(({ event }) => event.id))
    keepFocus(ids)
    for (const [id, row] of rows) if (!ids.has(id)) drop(id, row)
    let place = element.firstElementChild
    let day = ''
    for (const item of shown) {
      const row = rowOf(item)
      if (row.element === place) place = place.nextElementSibling
      else element.insertBefore(row.element, place)
      row.head(row.day === day ? null : sayDay(Date.parse(item.event.created_at)))
      day = row.day
    }
    // What is told later than it happened stands out of order; every row says its time anyway.
    look([])
  }

  function rowOf(item: Item): HistoryRow {
    const known = rows.get(item.event.id)
    if (known !== undefined) {
      if (known.item !== item) known.update(item)
      return known
    }
    const row = createHistoryRow(panel, item, deeds)
    rows.set(item.event.id, row)
    sight.observe(row.element)
    return row
  }

  function drop(id: string, row: HistoryRow): void {
    row.close()
    sight.unobserve(row.element)
    row.element.remove()
    rows.delete(id)
    inSight.delete(row)
  }

  /** The focus of a row that goes moves to the next that stays. */
  function keepFocus(ids: ReadonlySet<string>): void {
    const going = [...rows].find(([id, row]) => !ids.has(id) && row.element.matches(':focus-within'))?.[1]
    if (going === undefined) return
    const isStaying = (node: Element | null) => ids.has(node?.getAttribute('data-id') ?? '')
    let next = going.element.nextElementSibling
    while (next !== null && !isStaying(next)) next = next.nextElementSibling
    let before = going.element.previousElementSibling
    while (next === null && before !== null && !isStaying(before)) before = before.previousElementSibling
    find((next ?? before)?.getAttribute('data-id') ?? '')?.focus()
  }

  function look(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const row = find(target.getAttribute('data-id') ?? '')
      if (row === null) continue
      if (isIntersecting) {
        inSight.add(row)
        row.age(Date.now())
      } else inSight.delete(row)
    }
    if ([...inSight].some(row => !row.item.seen)) seeing ??= setTimeout(see, SEEN_MS)
  }

  function see(): void {
    seeing = null
    if (document.hidden || !document.hasFocus()) return
    const ids = [...inSight].filter(row => !row.item.seen).map(row => row.item.event.id)
    // What is not marked now is when it is looked at again.
    if (ids.length > 0) center.markSeen(ids).catch(() => {})
  }

  function find(id: string): HistoryRow | null {
    return rows.get(id) ?? null
  }

  /** Arrows lead from row to row; Tab leads through what is in them. */
  function onkeydown(event: Event): void {
    if (!(event instanceof KeyboardEvent) || !(event.target instanceof Element)) return
    if (!event.target.matches('.toggle')) return
    const row = event.target.closest('.row')
    const next =
      event.key === 'ArrowDown' ? row?.nextElementSibling : event.key === 'ArrowUp' ? row?.previousElementSibling : null
    if (!next) return
    event.preventDefault()
    find(next.getAttribute('data-id') ?? '')?.focus()
  }

  return {
    element,
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
    find,
    close() {
      sight.disconnect()
      clearInterval(ageing)
      if (seeing !== null) clearTimeout(seeing)
      for (const row of rows.values()) row.close()
    },
  }
}

const DAY_MS = 86_400_000

/** `Today`, `Yesterday`, or the date. */
function createSayDay(lang: string): (at: number) => string {
  const relative = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' })
  const date = new Intl.DateTimeFormat(lang, { weekday: 'long', day: 'numeric', month: 'long' })
  return function sayDay(at) {
    const ago = Math.round((startOfDay(Date.now()) - startOfDay(at)) / DAY_MS)
    const text = ago === 0 || ago === 1 ? relative.format(-ago, 'day') : date.format(at)
    return text.charAt(0).toLocaleUpperCase(lang) + text.slice(1)
  }
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}
