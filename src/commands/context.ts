import type { Writable } from 'node:stream'
import type { EcClient } from '../client.ts'
import type { Clock } from '../core/clock.ts'
import type { RawSettings } from '../core/config-layer.ts'
import type { renderFields } from '../core/fields.ts'
import type { ConfigInput, LoadedConfig } from '../core/load-config.ts'
import type { Painter } from '../core/painter.ts'
import type { Places } from '../core/places.ts'
import type { Column } from '../core/table.ts'
import type { TerminalAnswer } from '../core/terminal.ts'

/** All that a command works with: it touches no stream, environment or clock beside it. */
export interface CommandContext {
  /** `--json`: stdout carries one document, or NDJSON where it is a stream, and not one other byte. */
  readonly json: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly clock: Clock
  /** Aborts at the first SIGINT or SIGTERM, and when nobody reads stdout any more. */
  readonly signal: AbortSignal
  readonly output: Output
  /** Where the platform keeps things. */
  places(): Promise<Places>
  configInput(flags?: RawSettings): Promise<ConfigInput>
  config(flags?: RawSettings): Promise<LoadedConfig>
  /** `--data-dir`, `EC_DATA_DIR`, the configuration's `data_dir`, else the platform's folder. */
  dataDir(): Promise<string>
  /**
   * A client of the agent: `--url` or `EC_URL` with its key, else the operator's socket in the data folder. Its calls end
   * with the command's signal; with null they do not, for what must be put back after a stop.
   */
  connect(signal?: AbortSignal | null): Promise<EcClient>
  /**
   * From now on SIGHUP, SIGINT, SIGQUIT and SIGTERM are told to `hear` and do not abort `signal`, every one of them, the
   * second too: for a command that passes them on. Until what it gives is called.
   */
  takeSignals(hear: (signal: NodeJS.Signals) => void): () => void
  /** `--url` or `EC_URL` without a slash at its end; null = the agent of this machine. */
  readonly url: string | null
  /** Whether the agent is another machine's, so that paths of this one mean nothing to it. */
  readonly remote: boolean
  /** `--token-file` as it was given; null without one. */
  readonly tokenFile: string | null
}

/** Data goes to stdout, talk to stderr. */
export interface Output {
  /** Whether stdout is a terminal. */
  readonly isTTY: boolean
  /** Columns of the terminal that stdout is; null where it is none. */
  readonly width: number | null
  /** Names and values of one thing, as `renderFields` has them, for stdout. */
  fields(fields: Parameters<typeof renderFields>[0]): string
  /** Colours of stdout. */
  readonly paint: Painter
  /** Colours of stderr. */
  readonly talkPaint: Painter
  /** Text for a person, as it is. */
  print(text: string): void
  /** `--json`: one document. */
  document(value: unknown): void
  /** One line of NDJSON; resolves when the reader has room for more. */
  line(value: unknown): Promise<void>
  table(columns: readonly Column[], rows: readonly (readonly (string | number | null | undefined)[])[]): Promise<void>
  /** Sentences for a person, each cleaned and broken where the terminal ends; whole in a pipe. */
  prose(sentences: readonly string[]): void
  /** Talk: left out under `--quiet`. */
  say(text: string): void
  /** Text on stderr that is said even so. */
  tell(text: string): void
  /** Asks a person; true without asking when no person is there (no terminal). */
  confirm(question: string): Promise<boolean>
  /** Asks for a line, which a person types or a pipe holds; null when stdin has ended. */
  ask(question: string): Promise<string | null>
  readStdin(): Promise<string>
  /** For screens; nothing is drawn yet. */
  openTerminal(): TerminalAnswer
  /** The raw streams, for a command that passes another program's through. */
  readonly streams: Streams
}

export interface OutputStream extends Writable {
  readonly isTTY?: boolean
  /** Its file descriptor, where it is a stream of the process. */
  readonly fd?: number
}

export interface Streams {
  /** Whether stdin is a terminal. */
  readonly stdinIsTTY: boolean
  readonly stdout: OutputStream
  readonly stderr: OutputStream
}
