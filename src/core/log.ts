/** What a log line may carry beside its static message. Never a body, token, secret or address. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

/** A log line is a static message and fields; it is written once, where the matter is handled. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Drops everything. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
