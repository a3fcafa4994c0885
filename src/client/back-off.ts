import type { StreamPorts } from './message-stream.ts'

/**
 * Waits before another try: as long as the agent said, else 1 s, doubled with each failure up to `maxMs`; less by up to
 * half, so that not all come at once. Ends at once when `signal` aborts, which is no error.
 */
export async function backOff(
  { random, sleep }: StreamPorts,
  { failures, toldMs, maxMs }: { readonly failures: number; readonly toldMs: number | null; readonly maxMs: number },
  signal: AbortSignal | undefined,
): Promise<void> {
  const ms = (toldMs ?? Math.min(maxMs, 500 * 2 ** failures)) * (0.5 + random() / 2)
  try {
    await sleep(ms, signal)
  } catch (thrown) {
    if (signal?.aborted !== true) throw thrown
  }
}
