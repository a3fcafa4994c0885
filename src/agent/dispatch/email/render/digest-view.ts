import { cleanLine } from '../../../../core/clean-text.ts'
import type { Digest } from '../../../../core/digest.ts'
import { LEVELS, type EcEvent, type Level } from '../../../../core/event.ts'
import { pickLanguage, type Language } from '../words/language.ts'
import { WORDS } from '../words/words.ts'
import { safeUrl } from './safe-url.ts'
import { sayCount } from './say-count.ts'
import type { Reader } from './view-of.ts'

/** Everything that the templates of a digest and of the layout may show, cleaned. */
export interface DigestView {
  readonly language: Language
  /** The gravest of all. */
  readonly level: Level
  readonly subject: string
  readonly preheader: string
  readonly kicker: string
  readonly title: string
  readonly groups: readonly DigestGroup[]
  /** "and 12 more"; null when it shows all. */
  readonly more: string | null
  readonly action: { readonly label: string; readonly url: string } | null
  readonly why: string
  readonly stop: { readonly label: string; readonly url: string } | null
  readonly reader: Reader
}

/** What came from one service; each thread in the order in which it came, threads by their first line. */
export interface DigestGroup {
  readonly service: string
  readonly threads: readonly (readonly DigestLine[])[]
}

export interface DigestLine {
  /** "Mon 08:05", by the reader's clock. */
  readonly time: string
  readonly title: string
  readonly text: string | null
  readonly url: string | null
}

export interface DigestLinks {
  readonly unsubscribe: string | null
  /** Where the person sees all; null = nowhere that this agent knows. */
  readonly inbox: string | null
}

const MAX_SUBJECT = 150
const MAX_PREHEADER = 140
const MAX_TITLE = 200
const MAX_TEXT = 240
/** Services that the subject names. */
const MAX_NAMED = 3

/** Pure. Whatever the number of events, it shows those that it is given. */
export function viewDigest({ id, events, total }: Digest, reader: Reader, links: DigestLinks): DigestView {
  const language = pickLanguage(reader.lang)
  const words = WORDS[language].digest
  const groups = groupOf(events, language, reader.tz ?? 'UTC')
  const count = sayCount(words.count, total, language)
  const named = groups.slice(0, MAX_NAMED).map(({ service }) => service)
  const lines = groups.flatMap(({ threads }) => threads.flat())
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', timeZone: reader.tz ?? 'UTC' })
  const { unsubscribe, inbox } = links
  return {
    language,
    level: LEVELS[Math.max(0, ...events.map(({ level }) => LEVELS.indexOf(level)))] ?? 'info',
    subject: cleanLine(`${count}: ${named.join(', ')}${groups.length > named.length ? ' …' : ''}`, MAX_SUBJECT),
    preheader: cleanLine(lines.map(({ title }) => title).join(' · '), MAX_PREHEADER),
    kicker: `${words.label} · ${day.format(Date.parse(id))}`,
    title: count,
    groups,
    more: total > events.length ? sayCount(words.more, total - events.length, language) : null,
    action: inbox === null ? null : { label: words.inbox, url: inbox },
    why: words.why,
    stop: unsubscribe === null ? null : { label: words.stop, url: unsubscribe },
    reader,
  }
}

function groupOf(events: readonly EcEvent[], language: Language, zone: string): readonly DigestGroup[] {
  const services = new Map<string, Map<string, DigestLine[]>>()
  for (const event of events) {
    const service = nameOf(event, language)
    const threads = services.get(service) ?? new Map<string, DigestLine[]>()
    services.set(service, threads)
    // What has no thread is one of its own.
    const thread = event.thread === undefined ? `event ${event.id}` : `thread ${event.thread}`
    threads.set(thread, [...(threads.get(thread) ?? []), lineOf(event, language, zone)])
  }
  return [...services].map(([service, threads]) => ({ service, threads: [...threads.values()] }))
}

function nameOf({ service }: EcEvent, language: Language): string {
  const { services, digest } = WORDS[language]
  return service === undefined ? digest.other : (services[service] ?? (cleanLine(service, 60) || digest.other))
}

function lineOf(event: EcEvent, language: Language, zone: string): DigestLine {
  const at = Date.parse(event.deliver_at ?? event.created_at)
  const day = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: zone }).format(at)
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone } as const
  return {
    time: `${day} ${new Intl.DateTimeFormat(language, clock).format(at)}`,
    title: cleanLine(event.title, MAX_TITLE) || event.type,
    text: cleanLine(event.body, MAX_TEXT) || null,
    url: event.cta === undefined ? null : safeUrl(event.cta.url),
  }
}
