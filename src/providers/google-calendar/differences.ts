import type { JsonObject } from '../../core/json.ts'
import { peekList, peekString } from '../../core/peek.ts'
import type { CalendarEvent } from './event.ts'
import { sameWhen } from './when.ts'

/** What a person would see differ, the weightiest first. */
const DIFFERENCES = [
  'time',
  'repeats',
  'title',
  'place',
  'status',
  'guests',
  'answers',
  'call',
  'notes',
  'free',
] as const
export type Difference = (typeof DIFFERENCES)[number]

/**
 * What differs between an event and what it was. None = nothing that a person sees: an ETag, reminders, a colour, a
 * sequence number, properties of programs.
 */
export function differencesOf(before: CalendarEvent, after: CalendarEvent): readonly Difference[] {
  return DIFFERENCES.filter(name => !SAME[name](before, after))
}

type Compare = (a: CalendarEvent, b: CalendarEvent) => boolean

const SAME: Readonly<Record<Difference, Compare>> = {
  time: (a, b) => sameWhen(a.start, b.start) && sameWhen(a.end, b.end),
  // An instance has no lines, whatever its series has.
  repeats: (a, b) => b.series !== null || sameTexts([...a.recurrence].sort(), [...b.recurrence].sort()),
  title: field('summary'),
  place: field('location'),
  status: field('status'),
  guests: (a, b) => sameTexts(guestsOf(a.json), guestsOf(b.json)),
  answers: (a, b) => sameTexts(answersOf(a.json), answersOf(b.json)),
  call: (a, b) => peekString(a.json, 'hangoutLink') === peekString(b.json, 'hangoutLink'),
  notes: field('description'),
  free: (a, b) => isFree(a) === isFree(b),
}

function field(name: string): Compare {
  return (a, b) => peekString(a.json, name) === peekString(b.json, name)
}

function isFree({ json }: CalendarEvent): boolean {
  return peekString(json, 'transparency') === 'transparent'
}

function guestsOf(json: JsonObject): readonly string[] {
  return peekList(json, 'attendees')
    .map(person => peekString(person, 'email'))
    .sort()
}

function answersOf(json: JsonObject): readonly string[] {
  return peekList(json, 'attendees')
    .map(person => `${peekString(person, 'email')} ${peekString(person, 'responseStatus')}`)
    .sort()
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
