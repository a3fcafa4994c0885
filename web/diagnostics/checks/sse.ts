import type { Check, Outcome } from '../check.ts'

/** The agent says hello at once. */
const HELLO_MS = 5_000

/** What takes over where something on the way lets no WebSocket through. */
export const sseCheck: Check = {
  code: 'browser.sse',
  needs: ['browser.session'],
  deadlineMs: 20_000,
  async run({ ctx, socket }, signal) {
    const ended = new AbortController()
    const end = () => ended.abort()
    signal.addEventListener('abort', end, { once: true })
    const refused = async (): Promise<Outcome> => {
      const isLive = await socket().then(
        ({ greeted }) => greeted,
        () => false,
      )
      return isLive ? { status: 'warn', state: 'sse.refused' } : { status: 'fail', state: 'sse.neither' }
    }
    try {
      const { body } = await ctx.agent.open('api/events/stream', ended.signal)
      const late = new Promise<false>(resolve => void ctx.clock.setTimer(() => resolve(false), HELLO_MS))
      if (body === null || !(await Promise.race([says(body, 'event: hello'), late]))) return await refused()
      return { status: 'ok', state: 'sse.works' }
    } catch (error) {
      if (signal.aborted) throw error
      return await refused()
    } finally {
      signal.removeEventListener('abort', end)
      end()
    }
  },
}

/** Whether the first piece that comes says it: something that gathers pieces on the way keeps it until the end. */
async function says(body: ReadableStream<Uint8Array>, text: string): Promise<boolean> {
  const { value } = await body
    .getReader()
    .read()
    .catch(() => ({ value: undefined }))
  return value !== undefined && new TextDecoder().decode(value).includes(text)
}
