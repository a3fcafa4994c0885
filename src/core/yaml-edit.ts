import { parseDocument } from 'yaml'
import { EcError } from './errors.ts'

/**
 * A YAML text with values set at their paths; comments and all else stay. `EC_CONFIG_INVALID` for a text that is no YAML,
 * so that nothing a person wrote is lost.
 */
export function setInYaml(
  text: string,
  entries: readonly (readonly [path: readonly string[], value: string])[],
): string {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error !== undefined) {
    throw new EcError('EC_CONFIG_INVALID', `the configuration is not YAML: ${error.message.split('\n', 1)[0]}`, {
      hint: 'see `ec config check`',
    })
  }
  for (const [path, value] of entries) document.setIn(path, value)
  return document.toString()
}
