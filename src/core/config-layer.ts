import { CONFIG_KEYS } from './config-keys.ts'
import { describeProblem, type ConfigProblem } from './config-problem.ts'
import { EcError } from './errors.ts'
import { nearest } from './nearest.ts'

/** A setting that a layer carries, not yet checked. */
export interface RawSetting {
  readonly value: unknown
  readonly source: string
}

/** Settings by their dotted path. */
export type RawSettings = ReadonlyMap<string, RawSetting>

/**
 * Everything in `document` that breaks the contract, as `sourceOf(path)` names the places. The schema and its library
 * are loaded here, on demand: a command without configuration does not pay for them.
 */
export async function checkLayer(
  document: unknown,
  sourceOf: (path: readonly PropertyKey[]) => string,
): Promise<readonly ConfigProblem[]> {
  const { configSchema } = await import('./config-schema.ts')
  const result = configSchema.safeParse(document)
  if (result.success) return []
  return result.error.issues.flatMap(issue => {
    if (issue.code !== 'unrecognized_keys') {
      return [{ source: sourceOf(issue.path), path: issue.path.join('.'), message: issue.message }]
    }
    return issue.keys.map(name => {
      const path = [...issue.path, name]
      return { source: sourceOf(path), path: path.join('.'), message: unknownKey(path.join('.')) }
    })
  })
}

/** One error for all that is wrong. */
export function configError(problems: readonly ConfigProblem[], hint?: string): EcError {
  const [first] = problems
  const what =
    problems.length === 1 && first
      ? `${first.source}: ${describeProblem(first)}`
      : `${problems.length} things are wrong`
  return new EcError('EC_CONFIG_INVALID', `the configuration is not valid: ${what}`, {
    ...(problems.length > 1 ? { details: { errors: problems } } : {}),
    ...(hint === undefined ? {} : { hint }),
  })
}

/** The settings of a document, by dotted path. */
export function flattenSettings(document: unknown, sourceOf: (path: readonly string[]) => string): RawSettings {
  const settings = new Map<string, RawSetting>()
  for (const key of Object.keys(CONFIG_KEYS)) {
    const path = key.split('.')
    const value = valueAt(document, path)
    if (value !== undefined) settings.set(key, { value, source: sourceOf(path) })
  }
  return settings
}

/** The document that `flattenSettings` would take apart again. */
export function nestSettings(settings: RawSettings): Record<string, unknown> {
  const document: Record<string, unknown> = {}
  const sections = new Map<string, Record<string, unknown>>([['', document]])
  for (const [key, { value }] of settings) {
    const path = key.split('.')
    sectionAt(path.slice(0, -1), sections)[path.at(-1) ?? ''] = value
  }
  return document
}

/** The section of a path, made with all above it when it is not there yet. */
function sectionAt(path: readonly string[], sections: Map<string, Record<string, unknown>>): Record<string, unknown> {
  const name = path.join('.')
  const known = sections.get(name)
  if (known !== undefined) return known
  const made: Record<string, unknown> = {}
  sections.set(name, made)
  sectionAt(path.slice(0, -1), sections)[path.at(-1) ?? ''] = made
  return made
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  let value = document
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = Reflect.get(value, name)
  }
  return value
}

function unknownKey(path: string): string {
  const known = Object.keys(CONFIG_KEYS)
  const sections = known.flatMap(key => (key.includes('.') ? [key.slice(0, key.indexOf('.'))] : []))
  const guess = nearest(path, path.includes('.') ? known : [...known.filter(key => !key.includes('.')), ...sections])
  return guess === null ? 'is no setting' : `is no setting; did you mean ${guess}?`
}
