import type { EcEvent } from '../../../../core/event.ts'
import type { Json } from '../../../../core/json.ts'
import { cleanLine } from '../../../../core/clean-text.ts'
import type { Language } from '../words/language.ts'
import { WORDS } from '../words/words.ts'

/** One line of what an event says in fields: "Due: Monday, 5 January at 14:00 CET". */
export interface Fact {
  readonly label: string
  readonly value: string
}

const MAX_FACT = 200

/** The facts that people ask for first, in the person's language and time zone. */
export function factsOf(event: EcEvent, language: Language, zone: string): readonly Fact[] {
  const { facts } = WORDS[language]
  const { data = {}, type } = event
  const when = (value: Json | undefined) => sayInstant(value, language, zone)
  const found: readonly (readonly [string, string | null])[] = [
    [facts.from, type === 'message.new' ? sayName(data['from'] ?? nameOf(event.actor)) : null],
    [facts.due, when(data['due_at'])],
    [facts.took, sayDuration(data['duration_s'], language)],
    [facts.answerBy, type === 'action.required' ? when(event.expires_at) : null],
  ]
  return found.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]))
}

function nameOf(actor: EcEvent['actor']): Json | undefined {
  return typeof actor === 'object' ? actor['name'] : actor
}

function sayName(value: Json | undefined): string | null {
  return typeof value === 'string' && value.trim() !== '' ? cleanLine(value, MAX_FACT) : null
}

function sayInstant(value: Json | undefined, language: Language, zone: string): string | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (!Number.isFinite(at)) return null
  // Put together by hand: between Node's versions Intl changes its mind about what stands between a date and a time.
  const day = { weekday: 'long', day: 'numeric', month: 'long', timeZone: zone } as const
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone, timeZoneName: 'short' } as const
  return `${format(day)}, ${format(time)}`

  function format(parts: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(language, parts).format(at)
  }
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** The two largest units, as "1 hour 5 minutes"; Intl knows the plurals. */
function sayDuration(value: Json | undefined, language: Language): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return null
  let left = Math.round(value)
  const parts: string[] = []
  for (const [unit, seconds] of UNITS) {
    const n = Math.floor(left / seconds)
    if (parts.length === 0 && n === 0 && unit !== 'second') continue
    if (n > 0 || parts.length === 0) {
      parts.push(new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(n))
    }
    left -= n * seconds
    if (parts.length === 2 || left === 0) break
  }
  return parts.join(' ')
}
