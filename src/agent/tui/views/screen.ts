import { layoutOf, type Area } from '../layout.ts'
import { EMPTY, lineWidth, type Line } from '../line.ts'
import type { ScreenState } from '../state.ts'
import { renderCalls } from './calls.ts'
import { renderDetail } from './detail.ts'
import { renderEvents } from './events.ts'
import { renderFooter } from './footer.ts'
import { renderHeader, renderTabs } from './header.ts'
import { renderHealth } from './health.ts'
import { renderHelp } from './help.ts'
import { renderJobs } from './jobs.ts'
import { renderLog } from './log.ts'

/** The whole screen as lines, none wider than the terminal and as many as it has. Pure. `now`: ms since 1970. */
export function renderScreen(state: ScreenState, now: number): readonly Line[] {
  const layout = layoutOf(state)
  return [
    ...renderHeader(state, layout),
    renderTabs(state, layout.width),
    ...renderBody(state, now),
    ...renderFooter(state, layout, now),
  ]
}

function renderBody(state: ScreenState, now: number): readonly Line[] {
  const { body, list, detail } = layoutOf(state)
  if (state.isHelpOpen) return renderHelp(body)
  const left = list === null ? [] : renderTab(state, list, now)
  const right = detail === null || state.detail === null ? [] : renderDetail(state.detail, detail)
  if (list === null) return right
  return right.length === 0 ? left : left.map((line, i) => beside(line, list.width, right[i] ?? EMPTY))
}

function renderTab(state: ScreenState, area: Area, now: number): readonly Line[] {
  switch (state.tab) {
    case 'events':
      return renderEvents(state, area, now)
    case 'health':
      return renderHealth(state, area, now)
    case 'calls':
      return renderCalls(state, area)
    case 'jobs':
      return renderJobs(state, area)
    case 'log':
      return renderLog(state, area)
    default:
      return state.tab satisfies never
  }
}

function beside(left: Line, width: number, right: Line): Line {
  return [...left, { text: ' '.repeat(Math.max(0, width - lineWidth(left))) }, { text: '│ ', dim: true }, ...right]
}
