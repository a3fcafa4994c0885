import type { Clock } from './clock.ts'
import type { Log, LogFields, LogLevel } from './log.ts'
import type { Painter } from './painter.ts'
import { terminalLine } from './terminal-text.ts'

const RANK = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 } as const satisfies Record<LogLevel, number>

/** Log lines for a person at a terminal: `12:03:04 warn  message key=value`. */
export function createHumanLog(level: LogLevel, write: (line: string) => void, paint: Painter, clock: Clock): Log {
  const marks = {
    debug: paint.dim('debug'),
    info: paint.green('info '),
    warn: paint.yellow('warn '),
    error: paint.red('error'),
  }
  return {
    debug: (message, fields) => log('debug', message, fields),
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
  }

  function log(at: keyof typeof marks, message: string, fields: LogFields | undefined): void {
    if (RANK[at] < RANK[level]) return
    const time = new Date(clock.now()).toTimeString().slice(0, 8)
    const rest = Object.entries(fields ?? {})
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => ` ${paint.dim(`${name}=`)}${terminalLine(String(value))}`)
    write(`${paint.dim(time)} ${marks[at]} ${terminalLine(message)}${rest.join('')}\n`)
  }
}
