import type { Digest } from '../../../../core/digest.ts'
import { viewDigest, type DigestLinks } from './digest-view.ts'
import { frameMail } from './frame-mail.ts'
import { digestHeadersOf } from './mail-headers.ts'
import type { RenderedMail } from './render-mail.ts'
import type { Templates } from './templates.ts'
import type { Reader } from './view-of.ts'

/** No type of events can be called so, and no type's mail finds this template. */
const TEMPLATE = ['digest@ec']

/** From a digest to its mail. Pure but for the templates, which were read before. */
export function renderDigest(
  templates: Templates,
  input: { readonly digest: Digest; readonly reader: Reader; readonly links: DigestLinks; readonly host: string },
): RenderedMail {
  const { digest, reader, links, host } = input
  const view = viewDigest(digest, reader, links)
  const headers = digestHeadersOf(reader.id, digest.id, { host, unsubscribe: links.unsubscribe })
  return { ...frameMail(templates, TEMPLATE, view), headers }
}
