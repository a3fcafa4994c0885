/** What a person sees of one tab. */
export interface Look {
  readonly tab: string
  readonly visible: boolean
  readonly focused: boolean
  /** The conversation that is open in it. */
  readonly thread: string | null
  /** When somebody last came to it or touched it; ms since 1970, by the clock that all tabs of a browser share. */
  readonly usedAt: number
}

/** What a person sees of all tabs of a browser together, as the agent is told. */
export interface Sight {
  readonly visible: boolean
  readonly focused: boolean
  readonly thread: string | null
}

/** The tab that a person was in last; null when there is none. */
export function lastUsed(looks: readonly Look[]): Look | null {
  return looks.reduce<Look | null>((best, look) => (best === null || isMoreUsed(look, best) ? look : best), null)
}

/** All tabs together. The conversation is that of the tab that was used last, if it can be seen. */
export function sightOf(looks: readonly Look[]): Sight {
  const used = lastUsed(looks)
  return {
    visible: looks.some(({ visible }) => visible),
    focused: looks.some(({ visible, focused }) => visible && focused),
    thread: used?.visible === true ? used.thread : null,
  }
}

/** A tab with the focus is the one that is used, whatever the clock says; the name decides between equals. */
function isMoreUsed(a: Look, b: Look): boolean {
  if (a.focused !== b.focused) return a.focused
  if (a.visible !== b.visible) return a.visible
  return a.usedAt === b.usedAt ? a.tab > b.tab : a.usedAt > b.usedAt
}
