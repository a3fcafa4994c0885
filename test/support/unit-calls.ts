import { randomUUID } from 'node:crypto'
import type { UnitCall, UnitOutcome } from '#ec/backends/sqlite/store-file.js'
import type { Lease } from '#ec/core/job.js'
import { aJob, anEvent, inAllLanes, T0 } from './store-samples.ts'

/** A unit that fails by itself: its batch is run again. */
export const FAILS: UnitCall = {
  name: 'finishJob',
  args: [
    { job: 'job_1', attempt: 99 },
    { type: 'retry', at: T0, runAt: T0, reason: '' },
  ],
}

export function accept(key: string | null, job: object = {}): UnitCall {
  return { name: 'acceptNotifications', args: [[packedNotification(key, job)]] }
}

/** Fails after its first notification. */
export function acceptBadly(key: string): UnitCall {
  return { name: 'acceptNotifications', args: [[packedNotification(key), packedNotification(null)]] }
}

export function append(userId: string, id = `evt_${randomUUID()}`): UnitCall {
  return { name: 'appendEvent', args: [packedEvent(userId, id)] }
}

export function claim(over: { limit?: number; perGroup?: number; now?: number } = {}): UnitCall {
  const { limit = 100, perGroup = 100, now = T0, ...rest } = over
  return {
    name: 'claimJobs',
    args: [{ now, leaseUntil: T0 + 1000, lanes: inAllLanes(limit, perGroup), ...rest }],
  }
}

export function finish(lease: Lease, type: 'done' | 'dead' = 'done'): UnitCall {
  return { name: 'finishJob', args: [lease, { type, at: T0, reason: 'x', effects: { events: [] } }] }
}

export function finishLater(lease: Lease): UnitCall {
  return { name: 'finishJob', args: [lease, { type: 'retry', at: T0, runAt: T0 + 50, reason: 'x' }] }
}

/** Fails after it has done almost everything: its second event breaks a rule of the database, once `taken` is there. */
export function finishBadly(lease: Lease): UnitCall {
  const events = [packedEvent('u0'), packedEvent('taken', 'taken')]
  return { name: 'finishJob', args: [lease, { type: 'done', at: T0, effects: { events } }] }
}

/** The leases that a claim gave; none of any other outcome. */
export function leasesOf(outcome: UnitOutcome | undefined): readonly Lease[] {
  const value = outcome?.ok ? outcome.value : null
  if (typeof value !== 'object' || value === null || !('jobs' in value) || !Array.isArray(value.jobs)) return []
  return value.jobs.map(({ id, attempt }: { id: string; attempt: number }) => ({ job: id, attempt }))
}

function packedNotification(key: string | null, over: object = {}): readonly unknown[] {
  const job = { ...aJob(), ...over }
  const packedJob = [job.kind, job.group, job.priority, job.maxAttempts, job.runAt]
  return ['github', 'r1', key, 'push', T0, '{}', Buffer.from('x'), ...packedJob]
}

function packedEvent(userId: string, id = `evt_${randomUUID()}`): object {
  const { plan, ...event } = anEvent({ userId, id })
  return { ...event, plan: JSON.stringify(plan), inbox: plan.inbox }
}
