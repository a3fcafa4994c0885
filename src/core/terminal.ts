/** A terminal with a person at it, to be filled with screens. */
export interface Terminal {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Whether stderr goes to the same terminal, where it would tear the screens. */
  readonly hasStderr: boolean
  /**
   * Takes the terminal. `restore` is called once: by the function that comes back, or before an error is written, or at
   * the end of the process, whatever ends it. It must be synchronous.
   */
  take(restore: () => void): () => void
  /** As Ctrl-C, which is no signal while screens read the keys: the first asks to stop, the second ends at once. */
  interrupt(): void
}

/** The terminal, or in a few words why no screens can be shown here. */
export type TerminalAnswer =
  { readonly terminal: Terminal; readonly why: null } | { readonly terminal: null; readonly why: string }

/** Null when screens can be shown here, else why not. */
export function whyNoScreens({
  env,
  stdinIsTTY,
  stdoutIsTTY,
}: {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdinIsTTY: boolean
  readonly stdoutIsTTY: boolean
}): string | null {
  if (!stdoutIsTTY) return 'stdout is no terminal'
  if (!stdinIsTTY) return 'stdin is no terminal'
  if (env['TERM'] === 'dumb') return 'the terminal is dumb (TERM=dumb)'
  // Ink draws nothing there; these are the variables that it looks at.
  const inCi = ['CI', 'CONTINUOUS_INTEGRATION'].find(name => isSet(env[name]))
  return inCi === undefined ? null : `this is a build (${inCi} is set)`
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '0' && value !== 'false'
}
