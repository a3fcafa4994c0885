import type { Clock, Timer } from '../../core/clock.ts'
import { toEcError } from '../../core/errors.ts'
import type { ActivityRow } from './activity-row.ts'
import type { ScreenClient } from './controller.ts'
import { describeActivity } from './describe-activity.ts'
import { describeText } from './detail.ts'
import type { Action } from './reduce.ts'

/** How an event is delivered nobody tells as it happens; a notification is told of when it changes. */
const ASK_EVERY_MS = 3000

export interface WatchOptions {
  readonly client: ScreenClient
  readonly clock: Clock
  readonly tell: (action: Action) => void
  /** The key of what is looked at closely; null = nothing. */
  readonly openKey: () => string | null
}

export interface DetailWatch {
  /** Opens the detail of a row and keeps it as things are, as long as it is open. */
  open(row: ActivityRow): void
  /** Asks again at once: it may be different. */
  refresh(): void
  close(): void
}

/** Asks for the row that is looked at closely, one question at a time. A failure is shown, and asked again. */
export function createDetailWatch({ client, clock, tell, openKey }: WatchOptions): DetailWatch {
  let row: ActivityRow | null = null
  let timer: Timer | null = null
  let asking: ActivityRow | null = null
  /** Something happened while it was being asked. */
  let again = false
  let hasAnswer = false

  function isOpen(of: ActivityRow): boolean {
    return row === of && openKey() === of.key
  }

  async function ask(of: ActivityRow): Promise<void> {
    timer?.cancel()
    timer = null
    asking = of
    again = false
    const { key } = of
    try {
      const { lines, question } = await describeActivity(client, of)
      if (isOpen(of)) {
        hasAnswer = true
        tell({ type: 'detail', key, lines, question })
      }
    } catch (thrown) {
      if (isOpen(of)) tellFailure(key, thrown)
    }
    if (asking === of) asking = null
    if (!isOpen(of)) return
    if (again) return ask(of)
    schedule(of)
  }

  function schedule(of: ActivityRow): void {
    timer?.cancel()
    if (of.kind === 'event') timer = clock.setTimer(refresh, ASK_EVERY_MS)
  }

  function tellFailure(key: string, thrown: unknown): void {
    const { category, message, hint } = toEcError(thrown)
    // What was seen of it stays while the agent is away; the footer says that it is.
    if (category === 'unreachable' && hasAnswer) return
    tell({ type: 'detail', key, lines: describeText(`${message}\nnext: ${hint}`), question: null })
  }

  function refresh(): void {
    if (row === null || !isOpen(row)) return
    if (asking === row) again = true
    else void ask(row)
  }

  return {
    open(next) {
      timer?.cancel()
      row = next
      hasAnswer = false
      tell({ type: 'open', key: next.key, title: `${next.kind} ${next.id}`, lines: null })
      void ask(next)
    },
    refresh,
    close() {
      row = null
      timer?.cancel()
    },
  }
}
