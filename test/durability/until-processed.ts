import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { ask, type Door } from './operator.ts'

const status = z.object({ jobs: z.object({ ready: z.number(), delayed: z.number(), running: z.number() }) })

/** Resolves when no work waits or runs any more; rejects when that takes longer than `withinMs`. */
export async function untilProcessed(operator: Door, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs
  for (;;) {
    const { jobs } = status.parse(await ask(operator, 'GET', '/api/status'))
    if (jobs.ready + jobs.delayed + jobs.running === 0) return
    if (performance.now() > end) throw new Error(`work is left after ${withinMs} ms: ${JSON.stringify(jobs)}`)
    await sleep(50)
  }
}
