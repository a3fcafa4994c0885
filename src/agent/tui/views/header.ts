import { terminalLine } from '../../../core/terminal-text.ts'
import { fitLine, lineWidth, type Line, type Span } from '../line.ts'
import type { Layout } from '../layout.ts'
import { rateOf } from '../rates.ts'
import { TABS, tabsOf, type ScreenState, type Tab } from '../state.ts'
import { formatSpan } from '../../../core/format-span.ts'

/** Which agent, whether it is there, and how much goes through it: as many lines as the layout gives. */
export function renderHeader(state: ScreenState, { width, headerLines }: Layout): readonly Line[] {
  const about = aboutLine(state, width)
  const queue = queueSpans(state)
  const rates = rateSpans(state, width)
  const lines: readonly Line[] =
    headerLines === 3 ? [about, queue, rates] : headerLines === 2 ? [about, [...queue, GAP, ...rates]] : [about]
  return lines.map(line => fitLine(line, width))
}

const GAP: Span = { text: '   ' }
const TITLES: Readonly<Record<Tab, string>> = {
  events: 'events',
  health: 'health',
  calls: 'calls',
  jobs: 'jobs',
  log: 'log',
}

/** The tabs by their numbers; the open one stands in brackets. */
export function renderTabs(state: ScreenState, width: number): Line {
  const narrow = width < 60
  const spans = tabsOf(state).map((tab): Span => {
    const open = tab === state.tab
    const title = `${TABS.indexOf(tab) + 1}${narrow && !open ? '' : ` ${TITLES[tab]}`}`
    return open ? { text: `[${title}]`, bold: true } : { text: ` ${title} `, dim: true }
  })
  return fitLine([...spans, ...noteSpans(state)], width)
}

/** What a person must know about the list that he sees. */
function noteSpans({ paused, filter, isEditingFilter, visible, rows, tab }: ScreenState): readonly Span[] {
  const notes: Span[] = []
  if (paused !== null) notes.push({ text: `  PAUSED, ${paused.missed} new`, color: 'yellow', bold: true })
  if (filter !== '' && !isEditingFilter && tab === 'events') {
    notes.push({
      text: `  /${terminalLine(filter)}: ${visible.length} of ${(paused?.rows ?? rows).length}`,
      color: 'cyan',
    })
  }
  return notes
}

/** Where to look from a browser is the first to go. */
function aboutLine(state: ScreenState, width: number): Line {
  const { frame, connection } = state
  const marks = {
    connecting: { text: 'connecting', color: 'yellow' },
    connected: { text: 'connected', color: 'green' },
    lost: { text: 'LOST, trying again', color: 'red', bold: true },
  } as const
  const name: readonly Span[] = [{ text: 'ec', bold: true }, ...badge(state), { text: '  ' }, marks[connection.state]]
  const vital =
    frame === null
      ? []
      : [GAP, { text: `up ${formatSpan(frame.uptime_s)}` }, GAP, { text: countOf(frame.clients, 'client') }]
  const whole = [...name, GAP, { text: terminalLine(state.inbox ?? state.url), dim: true }, ...vital]
  const told = state.sandbox ? [...whole, GAP, { text: 'all made up; your own: ec setup google', dim: true }] : whole
  return [told, whole].find(line => lineWidth(line) <= width) ?? [...name, ...vital]
}

/** What looks like somebody's mail and meetings is nobody's. */
function badge({ sandbox }: ScreenState): readonly Span[] {
  return sandbox ? [{ text: ' ' }, { text: ' SANDBOX ', color: 'yellow', bold: true, inverse: true }] : []
}

function queueSpans({ frame }: ScreenState): readonly Span[] {
  if (frame === null) return [{ text: 'queue -', dim: true }]
  const { ready, delayed, running, dead } = frame.jobs
  const words: Span = { text: `queue ${ready + delayed} waiting, ${running} running, ` }
  return [words, dead > 0 ? { text: `${dead} DEAD`, color: 'red', bold: true } : { text: '0 dead' }]
}

function rateSpans({ samples }: ScreenState, width: number): readonly Span[] {
  const of = (name: 'notifications' | 'events' | 'deliveries'): string => rateOf(samples, name).toFixed(1)
  const [received, events, deliveries] = [of('notifications'), of('events'), of('deliveries')]
  if (width < 60) return [{ text: `${received} in  ${events} events  ${deliveries} out /s` }]
  return [{ text: `${received} in/s   ${events} events/s   ${deliveries} deliveries/s` }]
}

function countOf(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
