import type { Plan } from '../../core/plan.ts'
import type { RoutedEvent, RouteFacts } from './facts.ts'
import { route } from './route.ts'

/** Plans that are remembered; events come in few kinds, and a flood of invented types must not cost memory. */
const REMEMBERED = 1_000

/**
 * `route` with its facts. Events of one kind share one plan, so that a stream of them neither decides nor writes the
 * same thing again and again. A plan that hangs on the instant is made afresh.
 */
export function createPlanner(facts: RouteFacts): (event: RoutedEvent, now: number) => Plan {
  const plans = new Map<string, Plan>()

  return function plan(event, now) {
    if (event.expires_at !== undefined) return route(event, facts, now)
    const kind = `${event.type} ${event.level} ${event.channel_hint ?? ''} ${event.channels?.join() ?? '-'}`
    const known = plans.get(kind)
    if (known) return known
    const made = route(event, facts, now)
    if (plans.size >= REMEMBERED) plans.clear()
    plans.set(kind, made)
    return made
  }
}
