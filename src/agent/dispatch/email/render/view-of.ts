import { cleanLine, cleanText } from '../../../../core/clean-text.ts'
import type { EcEvent, Level } from '../../../../core/event.ts'
import { readQuestion } from '../../../../core/question.ts'
import { pickLanguage, type Language } from '../words/language.ts'
import { WORDS, type Kind } from '../words/words.ts'
import { factsOf, type Fact } from './facts-of.ts'
import { namesOf } from './names-of.ts'
import { safeUrl } from './safe-url.ts'

/** Whom the mail is for. */
export interface Reader {
  readonly id: string
  readonly name: string | null
  readonly lang: string | null
  readonly tz: string | null
}

/** Where the links of a mail lead; null = this agent has no address that its people can open. */
export interface MailLinks {
  readonly unsubscribe: string | null
  /** Of the page that answers with an option, by its place among the options. */
  readonly answer: (option: number) => string | null
}

/** Everything a template may show, cleaned of what could hide or forge; templates only escape and place it. */
export interface MailView {
  readonly language: Language
  readonly level: Level
  readonly subject: string
  /** What mail programs show beside the subject. */
  readonly preheader: string
  /** "Notes · A thought to return to" */
  readonly kicker: string
  readonly title: string
  readonly lead: string | null
  /** Paragraphs of lines. */
  readonly body: readonly (readonly string[])[]
  readonly facts: readonly Fact[]
  readonly question: {
    readonly options: readonly { readonly label: string; readonly url: string | null; readonly danger: boolean }[]
    readonly count: string
    /** Said when the options are no links. */
    readonly where: string | null
  } | null
  /** The one call to action. */
  readonly action: { readonly label: string; readonly url: string } | null
  readonly why: string
  readonly stop: { readonly label: string; readonly url: string } | null
  readonly reader: Reader
  readonly event: EcEvent
}

const MAX_SUBJECT = 150
const MAX_TITLE = 500
const MAX_BODY = 20_000
const MAX_LABEL = 200
const MAX_PREHEADER = 140

export function viewOf(event: EcEvent, reader: Reader, links: MailLinks): MailView {
  const language = pickLanguage(reader.lang, event.lang)
  const words = WORDS[language]
  const service = event.service === undefined ? null : (words.services[event.service] ?? cleanLine(event.service, 60))
  const { label, lead } = kindOf(event, language)
  const title = cleanLine(event.title, MAX_TITLE) || label
  const body = paragraphsOf(event.body)
  const question = questionOf(event, links, language)
  const url = event.cta === undefined ? null : safeUrl(event.cta.url)
  // The options are the call to action of a question; a second one beside them would compete.
  const action = url === null || question?.where === null ? null : { label: labelOf(event, url), url }
  const stop = links.unsubscribe
  return {
    language,
    level: event.level,
    subject: cleanLine(title, MAX_SUBJECT),
    preheader: cleanLine([lead, ...body.flat()].filter(line => line !== null).join(' ') || label, MAX_PREHEADER),
    kicker: service === null ? label : `${service} · ${label}`,
    title,
    lead,
    body,
    facts: factsOf(event, language, reader.tz ?? 'UTC'),
    question,
    action,
    why: words.why(service),
    stop: stop === null ? null : { label: isUnstoppable(event) ? words.mailSettings : words.stopMails, url: stop },
    reader,
    event,
  }
}

/** What a kind of mail is called. */
export function kindOf({ type, service }: Pick<EcEvent, 'type' | 'service'>, language: Language): Kind {
  const { kinds } = WORDS[language]
  const name = namesOf(type, service ?? null).find(known => Object.hasOwn(kinds, known))
  return (name === undefined ? null : kinds[name]) ?? kinds.default
}

/** What a person cannot switch off by one click, because somebody waits or something breaks. */
export function isUnstoppable({ type, level }: Pick<EcEvent, 'type' | 'level'>): boolean {
  return level === 'critical' || type === 'action.required'
}

function questionOf(event: EcEvent, links: MailLinks, language: Language): MailView['question'] {
  const read = readQuestion(event)
  if (!read.ok || read.terms === null) return null
  const options = read.terms.options.map(({ label, style }, i) => ({
    label: cleanLine(label, MAX_LABEL),
    url: links.answer(i),
    danger: style === 'danger',
  }))
  const words = WORDS[language]
  const { choices } = words
  const form = choices[new Intl.PluralRules(language).select(options.length)] ?? choices.other
  const count = form.replace('#', new Intl.NumberFormat(language).format(options.length))
  return { options, count, where: options.some(({ url }) => url === null) ? words.whereToAnswer : null }
}

function labelOf({ cta }: EcEvent, url: string): string {
  return cleanLine(cta?.label ?? '', MAX_LABEL) || new URL(url).host
}

function paragraphsOf(text: string): readonly (readonly string[])[] {
  return cleanText(text, MAX_BODY)
    .split('\n\n')
    .map(paragraph => paragraph.split('\n').filter(line => line !== ''))
    .filter(lines => lines.length > 0)
}
