import type { AgentApi } from '../agent-api.ts'
import { CenterError } from '../center-error.ts'
import { isRecord } from '../parse.ts'
import type { PageSocket, World } from '../world.ts'
import { parseFrames } from './frame.ts'
import type { Link, LinkListener } from './link.ts'

/** What a WebSocket needs to be opened. */
export interface WsLinkOptions {
  readonly api: AgentApi
  /** Of the agent; ends in a slash. */
  readonly url: string
  readonly openSocket: World['openSocket']
}

/** A WebSocket, opened with a ticket: what stands in its URL is worthless when somebody reads it in a log. */
export function openWsLink(options: WsLinkOptions, cursor: string | null, listener: LinkListener): Link {
  const { api, url, openSocket } = options
  let socket: PageSocket | null = null
  let isOver = false

  async function connect(): Promise<void> {
    const answer = await api.call('POST', 'api/ws/ticket')
    const ticket = isRecord(answer) ? answer['ticket'] : null
    if (isOver) return
    if (typeof ticket !== 'string') throw new CenterError('EC_AGENT_UNREACHABLE', 'no ticket came', 0, null)
    const target = new URL('ws', url)
    target.protocol = target.protocol === 'https:' ? 'wss:' : 'ws:'
    target.searchParams.set('ticket', ticket)
    if (cursor !== null) target.searchParams.set('cursor', cursor)
    try {
      socket = openSocket(target.href, 'ec.v1')
    } catch {
      // A policy of the page forbids it.
      return end(null, null)
    }
    socket.addEventListener('message', ({ data }) => {
      if (!isOver && typeof data === 'string') listener.hear(parseFrames(data))
    })
    socket.addEventListener('close', ({ code }) => end(code, null))
  }

  function end(code: number | null, error: CenterError | null): void {
    if (isOver) return
    isOver = true
    listener.end({ code, error })
  }

  connect().catch((error: unknown) =>
    end(null, error instanceof CenterError ? error : new CenterError('EC_AGENT_UNREACHABLE', String(error), 0, null)),
  )
  return {
    send(text) {
      if (socket?.readyState === 1) socket.send(text)
    },
    close() {
      isOver = true
      socket?.close()
    },
  }
}
