import type { AgentApi } from './agent-api.ts'
import { CenterError } from './center-error.ts'
import type { PageClock } from './page-clock.ts'
import { isRecord } from './parse.ts'
import { backoffMs } from './stream/backoff.ts'

export interface IdentifyOptions {
  readonly api: AgentApi
  readonly clock: PageClock
  /** In [0, 1). */
  readonly random: () => number
  readonly known: (user: string) => void
  /** It did not work, for now; or nothing but another sign-in will help. */
  /** How long to wait before the first question. */
  readonly afterMs: number
  readonly failed: (how: 'offline' | 'signed-out') => void
}

export interface Identifying {
  /** Something has changed for the better: try at once. */
  nudge(): void
  stop(): void
}

/** Attempts that something outside asks for are at least so far apart. */
const NUDGE_MS = 1_000

/** Asks the agent who this is until it says so. */
export function identify(options: IdentifyOptions): Identifying {
  const { api, clock, random } = options
  let timer: { cancel(): void } | null = null
  let failures = 0
  let isAsking = false
  let isOver = false
  let askedAt = Number.NEGATIVE_INFINITY

  async function ask(): Promise<void> {
    isAsking = true
    askedAt = clock.monotonic()
    try {
      const answer = await api.call('GET', 'api/inbox')
      const user = isRecord(answer) ? answer['user'] : null
      if (typeof user !== 'string') throw new CenterError('EC_AGENT_UNREACHABLE', 'this is not the agent', 0, null)
      if (isOver) return
      isOver = true
      options.known(user)
    } catch (error) {
      if (!isOver) again(error)
    } finally {
      isAsking = false
    }
  }

  function again(error: unknown): void {
    const { status, retryAfterMs } = error instanceof CenterError ? error : { status: 0, retryAfterMs: null }
    if (status === 401) return options.failed('signed-out')
    options.failed('offline')
    wait(retryAfterMs ?? backoffMs(failures++, random()))
  }

  function wait(ms: number): void {
    timer?.cancel()
    if (ms === 0) void ask()
    else timer = clock.setTimer(() => void ask(), ms)
  }

  wait(options.afterMs)
  return {
    nudge() {
      if (!isAsking && !isOver) wait(Math.max(0, askedAt + NUDGE_MS - clock.monotonic()))
    },
    stop() {
      isOver = true
      timer?.cancel()
    },
  }
}
