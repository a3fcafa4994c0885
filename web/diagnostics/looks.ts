import { CenterError } from '../center/center-error.ts'
import type { DiagnosticContext, Registered } from './context.ts'
import { readHealth, readKey, readReach, readSession, type Health, type Key, type Reach } from './read-agent.ts'
import { trySocket, type SocketTrial } from './try-socket.ts'

/** What the checks of one round look at. Each thing is looked at once, however many ask. */
export interface Looks {
  readonly ctx: DiagnosticContext
  health(): Promise<Health>
  /** Who is signed in here. */
  user(): Promise<string>
  registered(): Promise<Registered | null>
  /** The key that the agent gives out; null before it has one. */
  key(): Promise<Key | null>
  /** The device that this browser is to the agent, as the browser remembers. */
  device(): Promise<string | null>
  reach(): Promise<Reach>
  socket(): Promise<SocketTrial>
}

export function createLooks(ctx: DiagnosticContext, signal: AbortSignal): Looks {
  const { agent } = ctx
  const user = once(async () => readSession(await agent.call('GET', 'api/session')).user)
  return {
    ctx,
    user,
    health: once(async () => {
      const sentAt = ctx.clock.now()
      const started = ctx.clock.monotonic()
      const response = await agent.health(signal)
      const tookMs = ctx.clock.monotonic() - started
      if (response.type === 'opaque') return { status: 'untold', skewMs: null, tookMs }
      return readHealth({
        status: response.status,
        date: response.headers.get('date'),
        text: await response.text(),
        sentAt,
        tookMs,
      })
    }),
    registered: once(async () => (await ctx.workers?.find()) ?? null),
    key: once(async () => {
      try {
        return readKey(await agent.call('GET', 'api/push/key'))
      } catch (error) {
        if (error instanceof CenterError && error.status === 404) return null
        throw error
      }
    }),
    device: once(async () => ctx.desk?.state.device ?? (await ctx.storage.readDevice().catch(() => null))),
    reach: once(async () => readReach(await agent.call('GET', `api/users/${encodeURIComponent(await user())}/reach`))),
    socket: once(() => trySocket(ctx, signal)),
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => (made ??= make())
}
