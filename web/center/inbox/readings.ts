import type { ServerFrame } from '../stream/frame.ts'
import { changeItem, type HistoryRow } from './item.ts'

type StateFrame = Extract<ServerFrame, { t: 'st' }>

/** A page of history that is on its way: what the stream tells meanwhile is laid over it. */
export interface Reading {
  readonly since: StateFrame[]
}

/** The pages of history that are on their way. */
export class Readings {
  readonly #open = new Set<Reading>()

  begin(): Reading {
    const reading: Reading = { since: [] }
    this.#open.add(reading)
    return reading
  }

  /** False when it has ended already, or was overtaken by something that made it void. */
  end(reading: Reading): boolean {
    return this.#open.delete(reading)
  }

  /** The stream tells of a change. */
  hear(frame: StateFrame): void {
    for (const { since } of this.#open) since.push(frame)
  }

  clear(): void {
    this.#open.clear()
  }
}

/** The rows with the changes of which the stream has told since they were asked for. */
export function overtake(rows: readonly HistoryRow[], { since }: Reading): readonly HistoryRow[] {
  if (since.length === 0) return rows
  const later = new Map<string, StateFrame[]>()
  for (const frame of since) {
    const known = later.get(frame.id)
    if (known === undefined) later.set(frame.id, [frame])
    else known.push(frame)
  }
  return rows.map(({ item, isRetracted }) => {
    const changes = later.get(item.event.id) ?? []
    return {
      item: changes.reduce((sum, { state, until }) => changeItem(sum, state, until), item),
      isRetracted: isRetracted || changes.some(({ state }) => state === 'retracted'),
    }
  })
}
