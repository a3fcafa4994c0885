import type { NewEvent } from '../client.ts'
import { EcError } from '../core/errors.ts'
import { BUILT_IN_TYPES, type CallToAction, type Channel, type ChannelHint, type Level } from '../core/event.ts'
import { EVENT_TYPE, USER_ID } from '../core/event-words.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { nearest } from '../core/nearest.ts'
import { sampleOf } from '../core/samples.ts'

/** What flags say of an event, word for word. */
export interface EventFlags {
  readonly user: string | undefined
  readonly type: string | undefined
  readonly title: string | undefined
  readonly body: string | undefined
  readonly level: Level | undefined
  readonly channels: readonly Channel[] | undefined
  readonly hint: ChannelHint | undefined
  readonly cta: string | undefined
  readonly data: readonly string[] | undefined
  readonly dataJson: string | undefined
  readonly id: string | undefined
}

/** What the flags say; to be laid over an event of a file. `EC_USAGE` for what cannot be right. */
export function readEventFlags(flags: EventFlags): Partial<NewEvent> {
  const { user, type, title, body, level, channels, hint, cta, id } = flags
  const data = readData(flags)
  if (user !== undefined && !USER_ID.test(user)) throw usage('--user takes 1 to 128 characters of A-Z a-z 0-9 . _ @ -')
  if (type !== undefined && !EVENT_TYPE.test(type)) {
    throw usage('--type takes a dotted name', `as task.created, or one of ${BUILT_IN_TYPES.join(', ')}`)
  }
  if (title === '') throw usage('--title must not be empty')
  return {
    ...(user === undefined ? {} : { user_id: user }),
    ...(type === undefined ? {} : { type }),
    ...(title === undefined ? {} : { title }),
    ...(body === undefined ? {} : { body }),
    ...(level === undefined ? {} : { level }),
    ...(channels === undefined ? {} : { channels }),
    ...(hint === undefined ? {} : { channel_hint: hint }),
    ...(cta === undefined ? {} : { cta: readCta(cta) }),
    ...(data === null ? {} : { data }),
    ...(id === undefined ? {} : { id }),
  }
}

/**
 * An event of flags alone. Without a title it is a test: title, body, level and data come from the sample of its type,
 * and what the flags say is laid over it. With a title it is an event in earnest and nothing is invented.
 */
export function composeEvent(given: Partial<NewEvent>, user: string): NewEvent {
  const { type, title } = given
  if (type === undefined) throw usage('--type is missing', `as --type ${BUILT_IN_TYPES[0]}`)
  const user_id = given.user_id ?? user
  if (title !== undefined) return { body: '', ...given, user_id, type, title }
  const sample = sampleOf(type)
  if (sample === null) {
    const guess = nearest(type, BUILT_IN_TYPES)
    throw usage(`there is no sample of ${type}`, guess === null ? 'add --title' : `did you mean --type ${guess}?`)
  }
  return {
    ...sample,
    ...given,
    user_id,
    type,
    title: sample.title,
    data: { ...sample.data, ...given.data, test: true },
  }
}

/** `k=v` is a text, `k:=v` any JSON; keys are taken as they are, dots too. They go over `--data-json`. */
function readData({ data, dataJson }: EventFlags): JsonObject | null {
  if (data === undefined && dataJson === undefined) return null
  const base = dataJson === undefined ? {} : readJsonObject(dataJson)
  return { ...base, ...Object.fromEntries((data ?? []).map(readPair)) }
}

function readPair(pair: string): [string, Json] {
  const [, key, sign, text] = /^(.+?)(:?=)(.*)$/s.exec(pair) ?? []
  if (key === undefined || text === undefined) throw usage(`--data ${pair}: takes NAME=TEXT or NAME:=JSON`)
  return [key, sign === '=' ? text : parseJson(text, `--data ${key}`)]
}

function readJsonObject(text: string): JsonObject {
  const value = parseJson(text, '--data-json')
  if (typeof value === 'object' && value !== null && !isList(value)) return value
  throw usage('--data-json takes a JSON object', `as '{"job_id": 7}'`)
}

function parseJson(text: string, name: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch (cause) {
    throw new EcError('EC_USAGE', `${name} is not JSON`, { hint: 'put it in single quotes', cause })
  }
}

/** The URL begins where a scheme does, so a label may hold `=`. */
function readCta(text: string): CallToAction {
  const [, label, url] = /^(.+?)=(https?:\/\/.+)$/i.exec(text) ?? []
  if (label !== undefined && url !== undefined && URL.canParse(url)) return { label, url }
  throw usage('--cta takes LABEL=URL with an http or https URL', 'as --cta "Open=https://example.org/report"')
}

function isList(value: JsonObject | readonly Json[]): value is readonly Json[] {
  return Array.isArray(value)
}

function usage(message: string, hint?: string): EcError {
  return new EcError('EC_USAGE', message, { hint: hint ?? 'see `ec help emit`' })
}
