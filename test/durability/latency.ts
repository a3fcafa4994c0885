import type { WebSocket } from 'ws'
import { call, type Door } from './operator.ts'

/** Milliseconds, ascending. */
export type Latencies = readonly number[]

/** Does the same again and again until `signal` aborts; how long each time took. */
export async function measure(signal: AbortSignal, once: () => Promise<unknown>): Promise<Latencies> {
  const taken: number[] = []
  while (!signal.aborted) {
    const started = performance.now()
    await once()
    taken.push(performance.now() - started)
  }
  return taken.sort((a, b) => a - b)
}

/** Asks one after another until `signal` aborts; how long each answer took. */
export async function measureGets(door: Door, path: string, signal: AbortSignal): Promise<Latencies> {
  return await measure(signal, async () => {
    const { status } = await call(door, 'GET', path)
    if (status !== 200) throw new Error(`GET ${path} was answered ${status}`)
  })
}

/** Pings one after another; how long each pong took. */
export async function measurePings(ws: WebSocket, signal: AbortSignal): Promise<Latencies> {
  return await measure(signal, () => {
    return new Promise<void>((resolve, reject) => {
      const gone = (): void => reject(new Error('the connection ended before its pong'))
      ws.once('close', gone)
      ws.once('pong', () => {
        ws.off('close', gone)
        resolve()
      })
      ws.ping()
    })
  })
}

/** `share` in [0, 1]: 0.5 is the median. */
export function percentile(latencies: Latencies, share: number): number {
  const index = Math.min(latencies.length - 1, Math.floor(latencies.length * share))
  return latencies[index] ?? Number.NaN
}
