import type { EcEvent } from './event.ts'
import type { Json, JsonObject } from './json.ts'

/** Only an open question can be answered; what has ended stays as it ended. `cancelled`: whoever asked took it back. */
export const QUESTION_STATES = ['open', 'answered', 'expired', 'cancelled'] as const
export type QuestionState = (typeof QUESTION_STATES)[number]

/** Who answered: the person, an operator in his place, or the deadline by the option that was named for it. */
export type AnsweredBy = 'user' | 'operator' | 'default'

export interface QuestionOption {
  readonly id: string
  readonly label: string
  /** The asker's own word for how it looks, as `danger`. */
  readonly style: string | null
  /** Null: it takes no text. */
  readonly input: OptionInput | null
}

/** A text that a person may write along with the option. */
export interface OptionInput {
  readonly label: string | null
  readonly required: boolean
  /** Characters. */
  readonly max: number
}

/** What an event of type `action.required` asks. */
export interface QuestionTerms {
  /** `data.action_id`, else the event's own id, which may be still to come. */
  readonly id: string | null
  readonly options: readonly QuestionOption[]
  /** Counts when nobody has answered by the event's `expires_at`. */
  readonly defaultOption: string | null
}

/** The winner. `at` is ms since 1970. */
export interface Answer {
  readonly option: string
  readonly input: string | null
  readonly by: AnsweredBy
  readonly at: number
}

export type ReadQuestion =
  /** `terms` is null for an event that asks nothing. */
  | { readonly ok: true; readonly terms: QuestionTerms | null }
  | { readonly ok: false; readonly path: string; readonly message: string }

const MAX_OPTIONS = 20
const MAX_TEXT = 200
const MAX_INPUT = 2000
/** As event ids, since it stands in URLs too. */
const QUESTION_ID = /^[A-Za-z0-9._:@/+=-]{1,128}$/

/** Reads the question of an event. Total; of what is wrong it names the first field. */
export function readQuestion({
  type,
  data,
  id,
}: Pick<EcEvent, 'type' | 'data'> & { readonly id?: string }): ReadQuestion {
  const listed = data?.['options']
  if (type !== 'action.required' || data === undefined || listed === undefined) return { ok: true, terms: null }
  if (!isList(listed) || listed.length < 1 || listed.length > MAX_OPTIONS) {
    return wrong('data.options', `takes 1 to ${MAX_OPTIONS} options, each a text or {id, label}`)
  }
  const options: QuestionOption[] = []
  for (const [i, value] of listed.entries()) {
    const option = readOption(value)
    if (typeof option === 'string') return wrong(`data.options.${i}`, option)
    if (options.some(other => other.id === option.id))
      return wrong(`data.options.${i}`, `\`${option.id}\` stands twice`)
    options.push(option)
  }
  const own = readId(data['action_id'])
  if (own === null) return wrong('data.action_id', 'takes 1 to 128 characters of A-Z a-z 0-9 . _ : @ / + = -')
  return withDefault(options, data['default_option'], own ?? id ?? null)
}

/**
 * Why this cannot be an answer to the question, with the field that is wrong; null when it can. An empty text counts as
 * none.
 */
export function faultOfAnswer(
  options: readonly QuestionOption[],
  option: string,
  input: string | null,
): { readonly path: 'option' | 'input'; readonly message: string } | null {
  const chosen = options.find(({ id }) => id === option)
  if (chosen === undefined) return { path: 'option', message: `takes one of ${options.map(({ id }) => id).join(', ')}` }
  if (chosen.input === null) return input === null ? null : { path: 'input', message: 'this option takes no text' }
  if (input === null) return chosen.input.required ? { path: 'input', message: 'this option needs a text' } : null
  const { max } = chosen.input
  return input.length > max ? { path: 'input', message: `takes at most ${max} characters` } : null
}

function withDefault(options: readonly QuestionOption[], value: Json | undefined, id: string | null): ReadQuestion {
  if (value === undefined || value === null) return { ok: true, terms: { id, options, defaultOption: null } }
  const option = options.find(known => known.id === value)
  if (option === undefined) return wrong('data.default_option', 'takes the id of one of data.options')
  if (option.input?.required === true) return wrong('data.default_option', 'names an option that needs a text')
  return { ok: true, terms: { id, options, defaultOption: option.id } }
}

/** The id; undefined when none is given, null when it is none. */
function readId(value: Json | undefined): string | null | undefined {
  if (value === undefined || value === null) return undefined
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  return typeof text === 'string' && QUESTION_ID.test(text) ? text : null
}

/** The option, or what is wrong with it. Fields that are not known are the asker's own. */
function readOption(value: Json): QuestionOption | string {
  if (typeof value === 'string') {
    return isShort(value) ? { id: value, label: value, style: null, input: null } : SHORT
  }
  if (!isObject(value)) return 'takes a text or an object with `id` and `label`'
  const { id, label = id, style = null } = value
  if (!isShort(id)) return `\`id\` ${SHORT}`
  if (!isShort(label)) return `\`label\` ${SHORT}`
  if (style !== null && !isShort(style)) return `\`style\` ${SHORT}`
  const input = readInput(value['input'])
  return typeof input === 'string' ? input : { id, label, style, input }
}

function readInput(value: Json | undefined): OptionInput | null | string {
  if (value === undefined || value === null || value === false) return null
  if (value === true) return { label: null, required: false, max: MAX_INPUT }
  if (!isObject(value)) return '`input` takes true, or an object with `label`, `required`, `max`'
  const { label = null, required = false, max = MAX_INPUT } = value
  if (label !== null && !isShort(label)) return `\`input.label\` ${SHORT}`
  if (typeof required !== 'boolean') return '`input.required` takes true or false'
  if (typeof max !== 'number' || !Number.isInteger(max) || max < 1 || max > MAX_INPUT) {
    return `\`input.max\` takes a whole number from 1 to ${MAX_INPUT}`
  }
  return { label, required, max }
}

const SHORT = `takes a text of 1 to ${MAX_TEXT} characters without control characters`
const CONTROL = /\p{Cc}/u

function isShort(value: Json | undefined): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= MAX_TEXT && !CONTROL.test(value)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value)
}

function wrong(path: string, message: string): ReadQuestion {
  return { ok: false, path, message }
}
