import { cleanLine } from '../../src/core/clean-text.ts'
import type { EcEvent } from '../../src/core/event.ts'
import { h } from './h.ts'
import { safeLink } from './safe-link.ts'

const MAX_LABEL = 80

/** The link of an event; null when it has none, or one that a page must not follow. */
export function linkOf({ cta }: EcEvent, onfollow: () => void): HTMLAnchorElement | null {
  const link = cta === undefined ? null : safeLink(cta.url, location)
  if (cta === undefined || link === null) return null
  return h(
    'a',
    {
      class: 'button',
      href: link.href,
      rel: 'noopener noreferrer',
      // Another site does not take the place of the page that the person is on.
      target: link.isOurs ? null : '_blank',
      dir: 'auto',
      onclick: onfollow,
    },
    cleanLine(cta.label, MAX_LABEL),
  )
}
