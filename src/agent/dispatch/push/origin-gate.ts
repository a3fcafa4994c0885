import { LRUCache } from 'lru-cache'
import type { Clock } from '../../../core/clock.ts'
import type { PushAnswer } from './answer.ts'
import { patienceOf } from './outcome-of.ts'

/**
 * Looks after each push service as a whole. One that asks several devices' messages for patience (429) gets none of any
 * device until that is over; one that fails again and again is left alone for a while, and then tried with a single
 * message: what cannot arrive must not hold the places of what can.
 */
export interface OriginGate {
  /** Why nothing goes to this origin now, and for how long; null = go ahead, and `note` what came of it. */
  check(origin: string): Closed | null
  note(url: URL, answer: PushAnswer): void
}

export interface Closed {
  /** With some spread, so that those who wait do not all come at once. */
  readonly afterMs: number
  readonly reason: string
}

/** Different endpoints that must be throttled with nothing taken in between; fewer may be to blame themselves. */
const THROTTLED_ENDPOINTS = 3
/** Nobody is believed for longer; whoever still wants patience then says so again. */
const MAX_THROTTLED_MS = 3_600_000
/** Failures one after the other, with nothing taken in between. */
const FAILURES = 20
const FIRST_REST_MS = 30_000
const MAX_REST_MS = 300_000
/** For those who come while one message is under way to see whether the service is back. */
const TRIAL_MS = 5_000
/** A message that told nothing of how it ended is not waited for any longer. */
const TRIAL_LOST_MS = 60_000
const MAX_ORIGINS = 200

interface State {
  readonly throttled: Set<string>
  throttledUntil: number
  failures: number
  restMs: number
  restUntil: number
  /** Since when one message is under way to an origin that had failed; null = none is. */
  trialAt: number | null
}

export function createOriginGate({ clock, random }: { clock: Clock; random: () => number }): OriginGate {
  const states = new LRUCache<string, State>({ max: MAX_ORIGINS })

  function closed(forMs: number, reason: string): Closed {
    return { afterMs: Math.round(forMs * (1 + 0.2 * random())), reason }
  }

  function stateOf(origin: string): State {
    const known = states.get(origin)
    if (known !== undefined) return known
    const made: State = {
      throttled: new Set(),
      throttledUntil: 0,
      failures: 0,
      restMs: FIRST_REST_MS,
      restUntil: 0,
      trialAt: null,
    }
    states.set(origin, made)
    return made
  }

  return {
    check(origin) {
      const state = states.get(origin)
      if (state === undefined) return null
      const now = clock.monotonic()
      if (state.throttledUntil > now)
        return closed(state.throttledUntil - now, 'the push service asked for patience (429)')
      if (state.failures < FAILURES) return null
      if (state.restUntil > now) return closed(state.restUntil - now, 'the push service is out of order')
      const underWay = state.trialAt !== null && now - state.trialAt < TRIAL_LOST_MS
      if (underWay) return closed(TRIAL_MS, 'the push service is out of order')
      state.trialAt = now
      return null
    },
    note(url, answer) {
      const now = clock.monotonic()
      const state = stateOf(url.origin)
      switch (judge(answer)) {
        case 'throttled':
          works(state)
          throttle(state, url.href, now + waitOf(answer, clock.now()))
          break
        case 'failed':
          fail(state, now)
          break
        case 'answered':
          works(state)
          state.throttled.clear()
          break
        case 'nothing':
          // Whoever comes next may see whether it is back.
          state.trialAt = null
          break
      }
    },
  }
}

function judge(answer: PushAnswer): 'answered' | 'throttled' | 'failed' | 'nothing' {
  if (answer.type === 'answered') {
    if (answer.status === 429) return 'throttled'
    return answer.status >= 500 ? 'failed' : 'answered'
  }
  switch (answer.failure) {
    case 'connect':
    case 'cut':
    case 'deadline':
      return 'failed'
    case 'refused_stream':
    case 'aborted':
    case 'address_refused':
      return 'nothing'
    default:
      return answer.failure satisfies never
  }
}

/** It is there, whatever it said of the message. */
function works(state: State): void {
  state.failures = 0
  state.restMs = FIRST_REST_MS
  state.trialAt = null
}

function throttle(state: State, endpoint: string, until: number): void {
  state.throttled.add(endpoint)
  if (state.throttled.size < THROTTLED_ENDPOINTS) return
  state.throttledUntil = Math.max(state.throttledUntil, until)
  state.throttled.clear()
}

function waitOf(answer: PushAnswer, now: number): number {
  return Math.min(patienceOf(answer.type === 'answered' ? answer.retryAfter : null, now), MAX_THROTTLED_MS)
}

/** Only those that began after the last rest make the next one longer: many are under way when a service fails. */
function fail(state: State, now: number): void {
  state.failures += 1
  if (state.failures < FAILURES || now < state.restUntil) return
  state.restUntil = now + state.restMs
  state.restMs = Math.min(MAX_REST_MS, 2 * state.restMs)
  state.trialAt = null
}
