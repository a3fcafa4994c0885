import type { Cached, CalendarOccurrence } from '../api.ts'
import { etagOf } from '../etag.ts'
import { renderFreshness, renderOccurrence } from './calendar.ts'

/** A body as it goes out, and what it is known by. */
export interface ReadyBody {
  readonly bytes: Buffer
  readonly etag: string
}

/** Rows of a cached answer are the same objects as long as it is kept, and so are the parts that are cut out of it. */
const texts = new WeakMap<CalendarOccurrence, string>()
const bodies = new WeakMap<readonly CalendarOccurrence[], ReadyBody & { readonly tail: string }>()

/** The JSON of what takes place, written once for an answer that is asked for again and again. */
export function renderOccurrences(found: Cached<readonly CalendarOccurrence[]>): ReadyBody {
  const tail = JSON.stringify(renderFreshness(found)).slice(1)
  const known = bodies.get(found.value)
  if (known?.tail === tail) return known
  const bytes = Buffer.from(`{"events":[${found.value.map(textOf).join(',')}],${tail}`)
  const body = { bytes, etag: etagOf(bytes), tail }
  bodies.set(found.value, body)
  return body
}

function textOf(occurrence: CalendarOccurrence): string {
  const known = texts.get(occurrence)
  if (known !== undefined) return known
  const text = JSON.stringify(renderOccurrence(occurrence))
  texts.set(occurrence, text)
  return text
}
