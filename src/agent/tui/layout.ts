import type { Answering } from './answering.ts'
import type { ScreenState } from './state.ts'

export interface Area {
  readonly width: number
  readonly height: number
}

/** How the lines and columns of the terminal are shared out. */
export interface Layout {
  readonly width: number
  readonly height: number
  readonly headerLines: number
  /** What is between the tabs and the footer. */
  readonly body: Area
  /** Null when the detail has taken its place. */
  readonly list: Area | null
  /** Null when nothing is looked at closely. */
  readonly detail: Area | null
  readonly footerLines: number
}

/** From here on, list and detail stand side by side. */
const WIDE = 130
/** Under this many rows everything but the list gives way. */
const LOW = 16
const TABS_LINES = 1

export function layoutOf({ size, detail }: Pick<ScreenState, 'size' | 'detail'>): Layout {
  const width = Math.max(20, size.columns)
  const height = Math.max(4, size.rows)
  const headerLines = size.rows < LOW ? 1 : width >= 88 ? 2 : 3
  const footerLines = size.rows < LOW ? 1 : 2
  const body = { width, height: Math.max(1, height - headerLines - TABS_LINES - footerLines) }
  const shared = { width, height, headerLines, footerLines, body }
  if (detail === null) return { ...shared, list: body, detail: null }
  if (width < WIDE) return { ...shared, list: null, detail: body }
  const listWidth = Math.floor(width / 2)
  return {
    ...shared,
    list: { width: listWidth, height: body.height },
    // A bar and a space stand between them.
    detail: { width: width - listWidth - 2, height: body.height },
  }
}

/** Lines of a list under its titles. */
export function rowsIn(area: Area): number {
  return Math.max(1, area.height - 1)
}

/** Around the options: what they are, and what is asked of the person. */
const AROUND_OPTIONS = 2
/** At most so much of a detail belongs to the options; they scroll. */
const OPTIONS_SHARE = 0.6

/** Lines at the end of a detail in which its question is answered. */
export function answerHeight(answering: Answering | null, height: number): number {
  if (answering === null) return 0
  const most = Math.max(AROUND_OPTIONS + 1, Math.floor(height * OPTIONS_SHARE))
  return Math.min(answering.question.options.length + AROUND_OPTIONS, most, height)
}

/** Lines that are left to the rest, its title included. */
export function textHeight(answering: Answering | null, height: number): number {
  return height - answerHeight(answering, height)
}
