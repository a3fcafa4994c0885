/** One event of a text/event-stream, as far as it matters here. */
export interface ServerSentEvent {
  readonly id: string | null
  /** `message` when it has no name. */
  readonly event: string
  readonly data: string
}

/**
 * Reads a text/event-stream (https://html.spec.whatwg.org/multipage/server-sent-events.html). Comments, which keep the
 * connection open, come out as null. A last event that was cut off is dropped, as the standard says.
 */
export async function* readServerSentEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent | null> {
  const decoder = new TextDecoder()
  let rest = ''
  let id: string | null = null
  let event = 'message'
  let data: string[] = []
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true })
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith(':')) yield null
      else if (line !== '') take(line)
      else if (data.length === 0) event = 'message'
      else {
        yield { id, event, data: data.join('\n') }
        id = null
        event = 'message'
        data = []
      }
    }
  }

  function take(line: string): void {
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (field === 'data') data.push(value)
    if (field === 'id') id = value
    if (field === 'event') event = value
  }
}
