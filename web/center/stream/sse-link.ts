import type { AgentApi } from '../agent-api.ts'
import { CenterError } from '../center-error.ts'
import { parseFrame, type ServerFrame } from './frame.ts'
import type { Link, LinkListener } from './link.ts'

/** An event is at most so long; more without an end is no event stream. */
const MAX_PENDING = 1024 * 1024

/**
 * The stream as server-sent events, for networks that let no WebSocket through. It is read by `fetch`: an `EventSource`
 * takes no token, hides the agent's signs of life, and comes back by rules of its own.
 */
export function openSseLink(api: AgentApi, cursor: string | null, listener: LinkListener): Link {
  const over = new AbortController()

  async function read(): Promise<void> {
    const headers = { accept: 'text/event-stream', ...(cursor === null ? {} : { 'last-event-id': cursor }) }
    const { body } = await api.open('api/events/stream', headers, over.signal)
    if (body === null) return
    const reader = body.pipeThrough(new TextDecoderStream()).getReader()
    let pending = ''
    for (;;) {
      const { done, value } = await reader.read()
      if (done || over.signal.aborted) return
      const blocks = (pending + value).split('\n\n')
      pending = blocks.pop() ?? ''
      if (pending.length > MAX_PENDING) return
      const frames = blocks.flatMap(block => readBlock(block) ?? [])
      if (frames.length > 0) listener.hear(frames)
    }
  }

  function end(error: CenterError | null): void {
    if (over.signal.aborted) return
    over.abort()
    listener.end({ code: null, error })
  }

  read().then(
    () => end(null),
    (error: unknown) => end(error instanceof CenterError ? error : null),
  )
  return { send() {}, close: () => over.abort() }
}

/** One event, or a comment, which is a sign of life. */
function readBlock(block: string): ServerFrame | null {
  const lines = block.split('\n')
  const data = lines.flatMap(line => (line.startsWith('data:') ? [line.slice(5).trimStart()] : []))
  if (data.length > 0) return parseFrame(data.join('\n'))
  return lines.some(line => line.startsWith(':')) ? { t: 'ping' } : null
}
