import { COMMAND_VARIABLES, CONFIG_KEYS, environmentName, OTHER_VARIABLES, PROVIDER_VARIABLES } from './config-keys.ts'
import type { RawSetting, RawSettings } from './config-layer.ts'
import { nearest } from './nearest.ts'

const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['false', false],
])

type Environment = Readonly<Record<string, string | undefined>>

/** The settings that `EC_...` variables carry; an empty variable says nothing. */
export function readEnvironment(env: Environment): RawSettings {
  const settings = new Map<string, RawSetting>()
  for (const [path, { kind }] of Object.entries(CONFIG_KEYS)) {
    const source = environmentName(path)
    const text = env[source]
    if (text) settings.set(path, { value: readText(text, kind), source })
  }
  return settings
}

/** Sentences about `EC_...` variables that nothing reads: most likely a typing error. */
export function unknownVariables(env: Environment): readonly string[] {
  const known = [
    ...Object.keys(CONFIG_KEYS).map(environmentName),
    ...Object.keys(OTHER_VARIABLES),
    ...PROVIDER_VARIABLES,
    ...COMMAND_VARIABLES,
  ]
  return Object.keys(env)
    .filter(name => name.startsWith('EC_') && !known.includes(name))
    .sort()
    .map(name => {
      const guess = nearest(name, known)
      return guess === null ? `${name} is no variable of ec` : `${name} is no variable of ec; did you mean ${guess}?`
    })
}

/** Text that does not fit its kind is handed on as it is: the schema says what was expected. */
function readText(text: string, kind: (typeof CONFIG_KEYS)[string]['kind']): unknown {
  switch (kind) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
    case 'switch':
      return SWITCHES.get(text) ?? text
    case 'list':
      return text
        .split(',')
        .map(item => item.trim())
        .filter(item => item !== '')
    case 'json':
      return readJson(text)
    case 'text':
    case 'duration':
      return text
    default:
      return kind satisfies never
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
