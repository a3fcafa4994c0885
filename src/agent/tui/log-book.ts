import type { Clock } from '../../core/clock.ts'
import type { Log, LogFields, LogLevel } from '../../core/log.ts'
import { terminalLine } from '../../core/terminal-text.ts'

export const MAX_LOGS = 500

/** One line of the agent's log, clean. */
export interface LogLine {
  readonly key: string
  /** ms since 1970. */
  readonly at: number
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly text: string
}

export interface LogBook {
  readonly log: Log
  /** The newest, at most `MAX_LOGS`. */
  lines(): readonly LogLine[]
  /** Hears every line from now on; one listener. */
  listen(hear: ((line: LogLine) => void) | null): void
  /** Every line goes there besides from now on, as when the screens are closed. */
  passTo(log: Log): void
}

const RANK = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 } as const satisfies Record<LogLevel, number>

/** Keeps the log of an agent whose terminal is taken by screens. */
export function createLogBook(level: LogLevel, clock: Clock): LogBook {
  let also: Log | null = null
  let lines: readonly LogLine[] = []
  let listener: ((line: LogLine) => void) | null = null
  let count = 0
  return {
    log: {
      debug: (message, fields) => write('debug', message, fields),
      info: (message, fields) => write('info', message, fields),
      warn: (message, fields) => write('warn', message, fields),
      error: (message, fields) => write('error', message, fields),
    },
    lines: () => lines,
    listen: hear => void (listener = hear),
    passTo: log => void (also = log),
  }

  function write(at: LogLine['level'], message: string, fields: LogFields | undefined): void {
    also?.[at](message, fields)
    if (RANK[at] < RANK[level]) return
    count += 1
    const line = { key: String(count), at: clock.now(), level: at, text: textOf(message, fields) }
    lines = [...lines, line].slice(-MAX_LOGS)
    listener?.(line)
  }
}

function textOf(message: string, fields: LogFields = {}): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)
  return terminalLine([message, ...given.map(([name, value]) => `${name}=${String(value)}`)].join(' '))
}
