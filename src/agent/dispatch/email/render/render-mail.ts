import { cleanLine } from '../../../../core/clean-text.ts'
import type { EcEvent } from '../../../../core/event.ts'
import { headersOf, type MailHeaders } from './mail-headers.ts'
import { namesOf } from './names-of.ts'
import type { Templates } from './templates.ts'
import { viewOf, type MailLinks, type Reader } from './view-of.ts'

/** A mail ready to be sent to anybody whose it is. */
export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly headers: MailHeaders
}

export interface RenderInput {
  readonly event: EcEvent
  readonly reader: Reader
  readonly links: MailLinks
  /** The domain of the sender. */
  readonly host: string
}

const MAX_SUBJECT = 150

/** From an event to the mail that tells it to one person. Pure but for the templates, which were read before. */
export function renderMail(templates: Templates, { event, reader, links, host }: RenderInput): RenderedMail {
  const view = viewOf(event, reader, links)
  const { language } = view
  const names = namesOf(event.type, event.service ?? null)
  const framed = (part: 'html' | 'text'): string => {
    const content = templates.render(names, part, language, view)
    return templates.render(['layout'], part, language, { ...view, content: part === 'text' ? tidy(content) : content })
  }
  return {
    // A template of the operator's own may break lines; a subject cannot.
    subject: cleanLine(templates.render(names, 'subject', language, view), MAX_SUBJECT) || view.subject,
    text: `${tidy(framed('text'))}\n`,
    html: framed('html'),
    headers: headersOf(event, { host, unsubscribe: links.unsubscribe }),
  }
}

/** Templates leave empty lines where they had nothing to say. The blank of the signature's `-- ` stays. */
function tidy(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
