/** One signal for several reasons to stop. */
export interface JoinedSignal {
  readonly signal: AbortSignal
  /** Lets go of the signals that it listens to and of its deadline: call it when the work is over. Idempotent. */
  release(): void
}

/**
 * A signal that aborts with the first of `signals`, with that one's reason, or after `deadlineMs`, with a
 * `TimeoutError`. Stands in the place of `AbortSignal.any` and `AbortSignal.timeout`: put together, Node's garbage
 * collector may take them before they fire, and then a deadline never comes (nodejs/node#57736, #65995).
 */
export function joinSignals(signals: readonly (AbortSignal | null | undefined)[], deadlineMs?: number): JoinedSignal {
  const controller = new AbortController()
  const sources = signals.filter(signal => signal !== null && signal !== undefined)
  const timer = deadlineMs === undefined ? null : setTimeout(expire, deadlineMs)
  const listeners = sources.map(source => [source, (): void => stop(source.reason)] as const)
  for (const [source, listener] of listeners) source.addEventListener('abort', listener, { once: true })
  const aborted = sources.find(source => source.aborted)
  if (aborted !== undefined) stop(aborted.reason)
  return { signal: controller.signal, release }

  function expire(): void {
    stop(new DOMException(`it took longer than ${deadlineMs} ms`, 'TimeoutError'))
  }

  function stop(reason: unknown): void {
    release()
    controller.abort(reason)
  }

  function release(): void {
    if (timer !== null) clearTimeout(timer)
    for (const [source, listener] of listeners) source.removeEventListener('abort', listener)
  }
}
