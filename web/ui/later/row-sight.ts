import type { Kit } from '../kit.ts'
import type { HistoryRow } from './history-row.ts'

/** Knows which rows are in sight: they say their age anew, and are marked as seen. */
export interface RowSight {
  /** A group of rows; only those of groups near by are looked at one by one. */
  watch(group: Element): void
  leave(group: Element): void
  add(row: Element): void
  drop(row: Element): void
  /** There may be something new among them. */
  look(): void
  close(): void
}

const AGE_MS = 30_000
/** What was in sight so long was seen. */
const SEEN_MS = 800

export function createRowSight({ center }: Kit, find: (element: Element) => HistoryRow | null): RowSight {
  const near = new Set<Element>()
  const inSight = new Set<Element>()
  let seeing: ReturnType<typeof setTimeout> | null = null

  const rows = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) {
        inSight.add(target)
        find(target)?.age(Date.now())
      } else inSight.delete(target)
    }
    look()
  })
  const groups = new IntersectionObserver(entries => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) {
        near.add(target)
        for (const row of target.children) rows.observe(row)
      } else {
        near.delete(target)
        for (const row of target.children) drop(row)
      }
    }
  })
  const ageing = setInterval(() => {
    for (const row of inSight) find(row)?.age(Date.now())
  }, AGE_MS)

  function look(): void {
    if (unseen().length > 0) seeing ??= setTimeout(see, SEEN_MS)
  }

  function see(): void {
    seeing = null
    if (document.hidden || !document.hasFocus()) return
    const ids = unseen()
    // What is not marked now is when it is looked at again.
    if (ids.length > 0) center.markSeen(ids).catch(() => {})
  }

  function unseen(): readonly string[] {
    return [...inSight].flatMap(row => {
      const item = find(row)?.item
      return item === undefined || item.seen ? [] : item.event.id
    })
  }

  function drop(row: Element): void {
    rows.unobserve(row)
    inSight.delete(row)
  }

  return {
    watch: group => groups.observe(group),
    leave(group) {
      groups.unobserve(group)
      near.delete(group)
    },
    add(row) {
      if (row.parentElement !== null && near.has(row.parentElement)) rows.observe(row)
    },
    drop,
    look,
    close() {
      rows.disconnect()
      groups.disconnect()
      clearInterval(ageing)
      if (seeing !== null) clearTimeout(seeing)
    },
  }
}
