import type { EcEvent } from '../../../../core/event.ts'
import { frameMail } from './frame-mail.ts'
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

/** From an event to the mail that tells it to one person. Pure but for the templates, which were read before. */
export function renderMail(templates: Templates, { event, reader, links, host }: RenderInput): RenderedMail {
  const names = namesOf(event.type, event.service ?? null)
  const headers = headersOf(event, { host, unsubscribe: links.unsubscribe })
  return { ...frameMail(templates, names, viewOf(event, reader, links)), headers }
}
