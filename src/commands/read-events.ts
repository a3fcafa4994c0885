import type { NewEvent } from '../client.ts'
import { EcError } from '../core/errors.ts'

export interface EventFile {
  readonly events: readonly NewEvent[]
  /** One JSON object on its own: it is sent alone and answered alone. */
  readonly single: boolean
}

/** One JSON event, an array of them, or NDJSON. What an event must look like is for the agent to say. */
export function readEvents(text: string, name: string): EventFile {
  const whole = tryParse(text)
  if (whole !== undefined) {
    if (Array.isArray(whole))
      return { events: whole.map((event, i) => check(event, `${name}, item ${i + 1}`)), single: false }
    return { events: [check(whole, name)], single: true }
  }
  const lines = text.split('\n').map((line, i) => ({ text: line.trim(), place: `${name}:${i + 1}` }))
  const events = lines.filter(line => line.text !== '').map(line => check(tryParse(line.text), line.place))
  if (events.length === 0) throw new EcError('EC_USAGE', `${name} holds no event`, { hint: HINT })
  return { events, single: false }
}

const HINT = 'give one JSON event, an array of events, or one event a line'

function tryParse(text: string): NewEvent | readonly NewEvent[] | undefined {
  try {
    const value: NewEvent | readonly NewEvent[] = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}

function check(event: NewEvent | readonly NewEvent[] | undefined, place: string): NewEvent {
  if (event === undefined) throw new EcError('EC_USAGE', `${place}: not JSON`, { hint: HINT })
  if (typeof event === 'object' && event !== null && !isList(event)) return event
  throw new EcError('EC_USAGE', `${place}: an event is a JSON object`, { hint: HINT })
}

function isList(value: NewEvent | readonly NewEvent[]): value is readonly NewEvent[] {
  return Array.isArray(value)
}
