import type { RowSight } from './row-sight.ts'

/**
 * Rows stand in groups of a few, and the browser passes over the groups that are out of sight: thousands of rows cost what
 * those cost that are seen.
 */
export interface RowGroups {
  /** Puts a row behind another, or first of all. */
  insert(row: HTMLElement, before: HTMLElement | null): void
  remove(row: HTMLElement): void
}

const SIZE = 25

export function createRowGroups(list: HTMLElement, sight: RowSight): RowGroups {
  function insert(row: HTMLElement, before: HTMLElement | null): void {
    if (row.isConnected) remove(row)
    const group = before?.parentElement
    if (before === null || !group) {
      const first = list.firstElementChild
      const place = first === null || first.childElementCount >= SIZE ? add(null) : first
      place.prepend(row)
    } else if (before === group.lastElementChild && group.childElementCount >= SIZE) {
      const next = group.nextElementSibling
      const place = next === null || next.childElementCount >= SIZE ? add(group) : next
      place.prepend(row)
    } else before.after(row)
    sight.add(row)
  }

  function add(before: Element | null): HTMLElement {
    const group = document.createElement('div')
    group.className = 'group'
    // It means nothing: the list has the rows.
    group.setAttribute('role', 'presentation')
    if (before === null) list.prepend(group)
    else before.after(group)
    sight.watch(group)
    return group
  }

  function remove(row: HTMLElement): void {
    const group = row.parentElement
    sight.drop(row)
    row.remove()
    if (group?.childElementCount !== 0) return
    sight.leave(group)
    group.remove()
  }

  return { insert, remove }
}
