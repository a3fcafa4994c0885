import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readServerSentEvents, type ServerSentEvent } from '#ec/client/server-sent-events.js'

async function read(...chunks: readonly Uint8Array[]): Promise<(ServerSentEvent | null)[]> {
  const events: (ServerSentEvent | null)[] = []
  for await (const event of readServerSentEvents(feed(chunks))) events.push(event)
  return events
}

async function* feed(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

describe('a stream of server-sent events', () => {
  it('gives each event its id and data', async () => {
    expect(await read(Buffer.from('id: e.1\nevent: ev\ndata: {"a":1}\n\ndata: x\n\n'))).toEqual([
      { id: 'e.1', event: 'ev', data: '{"a":1}' },
      { id: null, event: 'message', data: 'x' },
    ])
  })

  it('joins the lines of one event, and takes a value without a space', async () => {
    expect(await read(Buffer.from('data:a\ndata: b\ndata\n\n'))).toEqual([
      { id: null, event: 'message', data: 'a\nb\n' },
    ])
  })

  it('shows a comment as a sign of life', async () => {
    expect(await read(Buffer.from(':\n\n'))).toEqual([null])
  })

  it('drops an event that was cut off', async () => {
    expect(await read(Buffer.from('data: a\n\ndata: b\n'))).toEqual([{ id: null, event: 'message', data: 'a' }])
  })

  it('is the same however it was cut into chunks, also within a letter or a line end', async () => {
    const bytes = Buffer.from('id: e.1\r\ndata: Привет\r\n\r\n:\r\n\r\ndata: 世界\n\ndata: 1\rdata: 2\r\rdata: 3\n\n')
    const whole = await read(bytes)
    expect(whole).toHaveLength(5)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 60 }), async sizes => {
        const chunks: Uint8Array[] = []
        let start = 0
        for (const size of sizes) {
          chunks.push(bytes.subarray(start, start + size))
          start += size
        }
        expect(await read(...chunks, bytes.subarray(start))).toEqual(whole)
      }),
    )
  })
})
