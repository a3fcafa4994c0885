import { on, text, type Flags, type InputOf } from './flags.ts'

/** Flags that every command takes, before or after its name. */
export const GLOBAL_FLAGS = {
  json: on('one JSON document on stdout, NDJSON where it is a stream'),
  quiet: on('no talk on stderr beside errors'),
  color: on('colours, or none with --no-color'),
  config: text('file', 'read this configuration file instead of the usual two', 'file'),
  dataDir: text('dir', 'the data folder', 'folder'),
  url: text('url', 'speak with the agent at this URL'),
  tokenFile: text('file', 'the key or token for --url; - reads stdin', 'file'),
} as const satisfies Flags

export type GlobalInput = InputOf<Record<never, never>, typeof GLOBAL_FLAGS>
