export interface ColorQuestion {
  /** `--color` or `--no-color`; null when neither was given. */
  readonly flag: boolean | null
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether the stream in question is a terminal. */
  readonly isTTY: boolean
}

/**
 * Whether a stream gets colours: flag > NO_COLOR (https://no-color.org, not empty) > FORCE_COLOR > TERM=dumb > terminal.
 */
export function wantsColor({ flag, env, isTTY }: ColorQuestion): boolean {
  if (flag !== null) return flag
  if (env['NO_COLOR']) return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  return isTTY && env['TERM'] !== 'dumb'
}
