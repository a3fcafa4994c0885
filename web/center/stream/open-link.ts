import type { Link, LinkListener, Transport } from './link.ts'
import { openSseLink } from './sse-link.ts'
import { openWsLink, type WsLinkOptions } from './ws-link.ts'

/** Begins to connect by one of the transports. Whatever happens is told to the listener, never thrown. */
export function openLink(
  options: WsLinkOptions & { readonly transport: Transport },
  cursor: string | null,
  listener: LinkListener,
): Link {
  switch (options.transport) {
    case 'ws':
      return openWsLink(options, cursor, listener)
    case 'sse':
      return openSseLink(options.api, cursor, listener)
    default:
      return options.transport satisfies never
  }
}
