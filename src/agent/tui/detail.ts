import type { ResourceTotalsRow } from '../../client/call-rows.ts'
import { describeSync } from '../../client/describe-sync.ts'
import type { QuestionRow } from '../../client/questions.ts'
import type { EventRow, Explanation, JobRow, NotificationRecordRow, ResourceRow } from '../../client/rows.ts'
import { sayReads } from '../../client/say-reads.ts'
import { formatLocalTime } from '../../core/local-time.ts'
import { terminalLine, terminalText } from '../../core/terminal-text.ts'
import { breakText } from '../../core/text-width.ts'
import type { Answering } from './answering.ts'
import { deliveryFields } from './delivery.ts'
import type { Line } from './line.ts'
import { questionFields } from './question-text.ts'

/** What stands in the detail pane, clean and not yet broken to its width. */
export interface DetailLine {
  readonly kind: 'head' | 'field' | 'text'
  readonly text: string
}

/** The one thing that is looked at closely. */
export interface Detail {
  /** The key of its row. */
  readonly key: string
  readonly title: string
  /** Null while it is asked for. */
  readonly lines: readonly DetailLine[] | null
  /** First line that is seen, of those broken to the width. */
  readonly scroll: number
  /** Null where there is no question, or none that is still open. */
  readonly answering: Answering | null
}

/** More than anybody reads on a terminal; `ec notifications show` prints the whole. */
const MAX_BODY_CHARS = 64 * 1024
const MAX_LINES = 2000

export function describeEvent(
  event: EventRow,
  explanation: Explanation | null,
  question: QuestionRow | null = null,
): readonly DetailLine[] {
  const { title, body, data, cta, created_at: createdAt, ...rest } = event
  const link = cta === undefined ? undefined : `${cta.label}: ${cta.url}`
  const sentences = explanation?.sentences ?? ['why it went where it went is no longer known']
  const about = { created_at: formatLocalTime(createdAt), ...rest, link }
  const words = body === '' ? [] : textLines(body)
  const delivery = section('delivery', explanation === null ? [] : fieldLines(deliveryFields(explanation)))
  const why = section('why', sentences.flatMap(textLines))
  const more = section('data', data === undefined ? [] : textLines(JSON.stringify(data, null, 2)))
  if (question === null) {
    return bounded([...fields({ title, ...about }), ...section('body', words), ...more, ...delivery, ...why])
  }
  // Whoever is asked has to know what it is about; the rest can wait.
  const asked = section('question', fields(questionFields(question)))
  return bounded([
    text(terminalLine(title)),
    ...words,
    ...asked,
    ...delivery,
    ...why,
    ...section('event', fields(about)),
    ...more,
  ])
}

export function describeNotification(record: NotificationRecordRow, why: readonly string[]): readonly DetailLine[] {
  const { headers, body, body_base64: base64, received_at: received, processed_at: processed, ...rest } = record
  const times = { received_at: formatLocalTime(received), processed_at: formatLocalTime(processed) }
  return bounded([
    ...fields({ ...rest, ...times }),
    ...section('why', why.flatMap(textLines)),
    ...section('headers', headers === undefined ? [text('no longer kept')] : fields(headers)),
    ...section('body', bodyLines(body, base64)),
  ])
}

/** `totals`: of its reads in 24 h; null = there were none. */
export function describeResource(
  resource: ResourceRow,
  totals: ResourceTotalsRow | null = null,
): readonly DetailLine[] {
  const { settings, created_at: created, last_notification_at: last, sync, ...rest } = resource
  const times = { created_at: formatLocalTime(created), last_notification_at: formatLocalTime(last) }
  return bounded([
    ...fields({ ...rest, ...times }),
    ...section('sync', sync === null ? [] : fields(describeSync(sync))),
    ...section('in 24 h', readLines(totals)),
    ...section('settings', fields(settings)),
  ])
}

function readLines(totals: ResourceTotalsRow | null): readonly DetailLine[] {
  const words = totals === null ? null : sayReads(totals)
  if (words === null) return []
  const { reads, notifications } = words
  return [`reads: ${reads}`, ...(notifications === null ? [] : [notifications])].map(text)
}

export function describeJob(job: JobRow): readonly DetailLine[] {
  const { error, created_at: created, run_at: run, finished_at: finished, ...rest } = job
  const times = {
    created_at: formatLocalTime(created),
    run_at: formatLocalTime(run),
    finished_at: formatLocalTime(finished),
  }
  return bounded([...fields({ ...rest, ...times }), ...section('error', error === null ? [] : textLines(error))])
}

export function describeText(words: string): readonly DetailLine[] {
  return bounded(textLines(words))
}

export interface SignInLink {
  readonly user: string
  readonly url: string
  /** RFC 3339. */
  readonly expires_at: string
}

/** The link stands alone on its line, to be taken whole. */
export function describeSignIn({ user, url, expires_at: until }: SignInLink): readonly DetailLine[] {
  const words = `Whoever opens it is signed in as ${user}. It is good once, until ${formatLocalTime(until)}.`
  return [text(terminalLine(url)), text(''), text(terminalLine(words))]
}

/** The lines of the detail broken to `width` columns. */
export function wrapDetail(lines: readonly DetailLine[], width: number): readonly Line[] {
  return lines.flatMap(({ kind, text }): readonly Line[] => {
    if (kind === 'head') return [[{ text, bold: true }]]
    const pieces = breakText(text, Math.max(2, width))
    if (kind === 'text') return pieces.map(piece => [{ text: piece }])
    return pieces.map((piece, i) => (i === 0 ? fieldLine(piece) : [{ text: piece }]))
  })
}

function fieldLine(text: string): Line {
  const end = text.indexOf('  ')
  if (end === -1) return [{ text }]
  return [{ text: text.slice(0, end), dim: true }, { text: text.slice(end) }]
}

function section(title: string, lines: readonly DetailLine[]): readonly DetailLine[] {
  if (lines.length === 0) return []
  return [text(''), { kind: 'head', text: title.toUpperCase() }, ...lines]
}

function fields(values: Readonly<Record<string, unknown>>): readonly DetailLine[] {
  return fieldLines(Object.entries(values))
}

function fieldLines(values: readonly (readonly [name: string, value: unknown])[]): readonly DetailLine[] {
  const given = values.filter(([, value]) => value !== undefined && value !== '')
  const width = Math.min(24, Math.max(0, ...given.map(([name]) => name.length)))
  return given.map(([name, value]) => {
    const shown = value === null ? '-' : typeof value === 'object' ? JSON.stringify(value) : String(value)
    return {
      kind: 'field',
      text: `${terminalLine(name).padEnd(width)}  ${terminalLine(shown.slice(0, MAX_BODY_CHARS))}`,
    }
  })
}

function bodyLines(body: string | undefined, base64: string | undefined): readonly DetailLine[] {
  if (body !== undefined) return textLines(pretty(body))
  return [text(base64 === undefined ? 'no longer kept' : `no text, ${Math.floor((base64.length * 3) / 4)} bytes`)]
}

/** JSON with indents; other text as it is. */
function pretty(body: string): string {
  if (body.length > MAX_BODY_CHARS) return body
  try {
    const value: unknown = JSON.parse(body)
    return JSON.stringify(value, null, 2)
  } catch {
    return body
  }
}

function textLines(words: string): readonly DetailLine[] {
  const cut = words.length > MAX_BODY_CHARS
  const lines = terminalText(words.slice(0, MAX_BODY_CHARS)).replaceAll('\t', '  ').split('\n').map(text)
  return cut
    ? [...lines, text(`... cut after ${MAX_BODY_CHARS / 1024} KiB of ${Math.ceil(words.length / 1024)}`)]
    : lines
}

function text(words: string): DetailLine {
  return { kind: 'text', text: words }
}

function bounded(lines: readonly DetailLine[]): readonly DetailLine[] {
  if (lines.length <= MAX_LINES) return lines
  return [...lines.slice(0, MAX_LINES), text(`... ${lines.length - MAX_LINES} more lines`)]
}
