import { setTimeout as sleep } from 'node:timers/promises'
import type { EcClient, EventRow, Explanation, NewEvent, QuestionRow } from '../client.ts'
import type { PlanStep, TraceRow, TraceStep } from '../core/plan.ts'
import { readQuestion } from '../core/question.ts'

export interface Settled {
  readonly outcome: 'answered' | 'delivered' | 'expired' | 'retracted'
  readonly explanation: Explanation
  /** Of a question that was answered. */
  readonly answer: QuestionRow['answer']
}

/** Often enough for a person who waits, seldom enough for an agent. */
const POLL_MS = 500

/**
 * Resolves when nothing more is to come of an event: a question was answered, everything else was sent on each channel
 * of its plan; or it expired or was withdrawn before.
 */
export async function waitUntilSettled(
  client: EcClient,
  event: NewEvent & { readonly id: string },
  signal: AbortSignal,
): Promise<Settled> {
  const { id } = event
  const user = String(event.user_id)
  const question = readQuestion(event)
  if (question.ok && question.terms !== null) {
    const { state, answer } = await client.questions.wait(question.terms.id ?? id, { user, signal })
    const outcome = answer !== null ? 'answered' : state === 'cancelled' ? 'retracted' : 'expired'
    return { outcome, explanation: await client.events.trace(id, user), answer }
  }
  for (;;) {
    const [row, explanation] = await Promise.all([client.events.get(id, user), client.events.trace(id, user)])
    const outcome = outcomeOf(row, explanation)
    if (outcome !== null) return { outcome, explanation, answer: null }
    await sleep(POLL_MS, undefined, { signal })
  }
}

function outcomeOf(event: EventRow, { plan, trace }: Explanation): Settled['outcome'] | null {
  if (event.state === 'retracted') return 'retracted'
  if (event.seq === null) return hasExpired(event) ? 'expired' : null
  const open = plan.steps.filter(step => step.action !== 'suppress')
  // Whoever is connected got it as it was numbered; who comes later gets it from the stream.
  const settled = open.every(step => (step.channel === 'ws' ? step.action === 'send' : isOver(step, trace)))
  return settled ? 'delivered' : null
}

/** A step ends for each target by itself; what waits says so in its last line. */
function isOver({ channel }: PlanStep, trace: readonly TraceRow[]): boolean {
  const last = new Map<string | undefined, TraceRow>()
  for (const row of trace) if (row.channel === channel) last.set(row.target, row)
  return last.size > 0 && [...last.values()].every(({ step }) => !UNDER_WAY.has(step))
}

const UNDER_WAY: ReadonlySet<TraceStep> = new Set<TraceStep>(['queued', 'retrying', 'held'])

function hasExpired({ expires_at }: EventRow): boolean {
  return expires_at !== undefined && Date.parse(expires_at) <= Date.now()
}
