import { sayReadsShort } from '../../../client/say-reads.ts'
import { terminalLine } from '../../../core/terminal-text.ts'
import type { Answering } from '../answering.ts'
import { EMPTY, fitLine, type Line, type Span } from '../line.ts'
import { subjectOf } from '../keys.ts'
import type { Layout } from '../layout.ts'
import type { ScreenState } from '../state.ts'
import { nextStep } from './health.ts'

/** What is to be told, and below it the keys that count here. On a low terminal one line has to do for both. */
export function renderFooter(state: ScreenState, { width, footerLines }: Layout, now: number): readonly Line[] {
  const status = statusLine(state) ?? selectedLine(state, now)
  const keys: Line = [{ text: keysText(state, width), dim: true }]
  const lines = footerLines === 1 ? [status ?? keys] : [status ?? EMPTY, keys]
  return lines.map(line => fitLine(line, width))
}

const TOAST_COLORS = { info: 'green', warn: 'yellow', error: 'red' } as const

function statusLine(state: ScreenState): Line | null {
  const { toast, connection } = state
  if (state.isEditingFilter) return [{ text: `/${terminalLine(state.filter)}`, bold: true }, { text: '_' }, HINT]
  if (toast !== null) {
    const mark = toast.level === 'info' ? '' : toast.level === 'warn' ? '! ' : '!! '
    return [{ text: mark + terminalLine(toast.text), color: TOAST_COLORS[toast.level] }]
  }
  if (connection.state === 'lost') return [{ text: `!! ${terminalLine(connection.message)}`, color: 'red' }]
  const error = askedError(state)
  if (error !== null) return [{ text: `!! ${terminalLine(error)}`, color: 'red' }]
  return logLine(state) ?? skippedLine(state)
}

/** Of what is selected in the health tab, which a narrow list has no room for: the next step, else what came of its reads. */
function selectedLine(state: ScreenState, now: number): Line | null {
  const subject = subjectOf(state)
  if (subject?.kind !== 'health') return null
  const { item } = subject
  const step = nextStep(item, now)
  if (step !== '') return [{ text: `next: ${step}`, color: 'cyan' }]
  const reads = item.kind === 'check' || item.reads === null ? null : sayReadsShort(item.reads)
  return reads === null ? null : [{ text: `24 h: ${reads}`, dim: true }]
}

const HINT: Span = { text: '   Enter keeps it, Esc clears it', dim: true }

/** The question of the open tab that was not answered. */
function askedError({ tab, health, calls, jobs }: ScreenState): string | null {
  if (tab === 'health') return health.error
  if (tab === 'calls') return calls.error
  return tab === 'jobs' ? jobs.error : null
}

/** The newest trouble of the agent that runs here. */
function logLine({ logs, tab }: ScreenState): Line | null {
  if (tab === 'log') return null
  const trouble = logs.findLast(line => line.level === 'warn' || line.level === 'error')
  if (trouble === undefined) return null
  const isError = trouble.level === 'error'
  return [{ text: `${isError ? '!!' : '!'} ${trouble.text}`, color: isError ? 'red' : 'yellow' }, LOG_HINT]
}

const LOG_HINT: Span = { text: '   5 shows the log', dim: true }

function skippedLine({ skipped, tab }: ScreenState): Line | null {
  if (skipped === 0 || tab !== 'events') return null
  return [{ text: `${skipped} rows were left out in a rush; \`ec events list\` has them all`, dim: true }]
}

function keysText({ tab, detail, isHelpOpen }: ScreenState, width: number): string {
  if (isHelpOpen) return 'any key goes back'
  if (detail?.answering) return answerKeys(detail.answering, width)
  if (width < 60) return detail === null ? 'jk Enter / p r y ? help q quit' : 'jk scroll  Esc back  ? help'
  if (detail !== null) return 'j/k scroll  PgUp/PgDn page  Esc back  r replay  f fixture  y copy id  ? help  q quit'
  if (tab === 'events')
    return 'j/k move  Enter detail  / filter  p pause  r replay  f fixture  y copy id  Tab next  ? help  q quit'
  if (tab === 'jobs') return 'j/k move  Enter detail  r try again  y copy id  Tab next  ? help  q quit'
  if (tab === 'health') return 'j/k move  Enter detail  s sync now  w watch  y copy id  Tab next  ? help  q quit'
  return tab === 'calls'
    ? 'j/k move  Tab next  ? help  q quit'
    : 'j/k move  Enter detail  y copy id  Tab next  ? help  q quit'
}

function answerKeys({ step, question }: Answering, width: number): string {
  const last = Math.min(9, question.options.length)
  const digits = last === 1 ? '1' : `1-${last}`
  switch (step) {
    case 'choose':
      if (width < 60) return `${digits} or arrows choose  Enter  Esc back`
      return `${digits} or arrows choose  Enter answer  j/k scroll  Esc back  y copy id  ? help  q quit`
    case 'write':
      return 'Enter goes on  Esc back'
    case 'confirm':
      return 'Enter answers  Esc back'
    case 'send':
      return 'Esc back  ? help'
    default:
      return step satisfies never
  }
}
