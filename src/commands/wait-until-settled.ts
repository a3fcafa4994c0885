import { setTimeout as sleep } from 'node:timers/promises'
import type { EcClient, EventRow, Explanation } from '../client.ts'

export interface Settled {
  readonly outcome: 'answered' | 'delivered' | 'expired' | 'retracted'
  readonly explanation: Explanation
}

/** Often enough for a person who waits, seldom enough for an agent. */
const POLL_MS = 500

/**
 * Resolves when nothing more is to come of an event: a question was answered, everything else was sent on each channel
 * of its plan; or it expired or was withdrawn before.
 */
export async function waitUntilSettled(
  client: EcClient,
  user: string,
  id: string,
  signal: AbortSignal,
): Promise<Settled> {
  for (;;) {
    const [event, explanation] = await Promise.all([client.events.get(id, user), client.events.trace(id, user)])
    const outcome = outcomeOf(event, explanation)
    if (outcome !== null) return { outcome, explanation }
    await sleep(POLL_MS, undefined, { signal })
  }
}

function outcomeOf(event: EventRow, { plan, trace }: Explanation): Settled['outcome'] | null {
  if (event.state === 'retracted') return 'retracted'
  if (trace.some(row => row.step === 'state' && row.reason === 'answered')) return 'answered'
  if (trace.some(row => row.step === 'expired')) return 'expired'
  if (event.type === 'action.required' || event.seq === null) return null
  const open = plan.steps.filter(step => step.action !== 'suppress')
  const settled = open.every(step =>
    // Whoever is connected got it as it was numbered; who comes later gets it from the stream.
    step.channel === 'ws'
      ? step.action === 'send'
      : trace.some(row => row.channel === step.channel && row.step === 'sent'),
  )
  return settled ? 'delivered' : null
}
