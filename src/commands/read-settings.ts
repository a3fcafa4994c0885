import { EcError } from '../core/errors.ts'

/** What `--set NAME=VALUE` says, each time that it was given. `EC_USAGE` for anything else. */
export function readSettings(pairs: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.map(readSetting))
}

function readSetting(pair: string): [string, string] {
  const at = pair.indexOf('=')
  if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)]
  throw new EcError('EC_USAGE', `--set ${pair}: takes NAME=VALUE`, { hint: 'see `ec help resources add`' })
}
