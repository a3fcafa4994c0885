import { pino, type DestinationStream } from 'pino'
import type { Log, LogFields, LogLevel } from './log.ts'

/** Log lines for machines: NDJSON `{level, time, msg, ...fields}`, `time` in RFC 3339. */
export function createPinoLog(level: LogLevel, destination: DestinationStream): Log {
  const logger = pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date(Date.now()).toISOString()}"`,
      formatters: { level: label => ({ level: label }) },
    },
    destination,
  )
  return {
    debug: (message, fields) => logger.debug(given(fields), message),
    info: (message, fields) => logger.info(given(fields), message),
    warn: (message, fields) => logger.warn(given(fields), message),
    error: (message, fields) => logger.error(given(fields), message),
  }
}

function given(fields: LogFields | undefined): LogFields {
  return fields ?? {}
}
