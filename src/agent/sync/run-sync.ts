import type { JobEffects, NewEvent, Store } from '../../backends/store.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { EventInput } from '../../core/event-schema.ts'
import { joinSignals } from '../../core/join-signals.ts'
import type { ClaimedJob, JobResult } from '../../core/job.ts'
import type { SyncPass } from '../../core/sync.ts'
import type { ReadPage } from '../../providers/provider.ts'
import { beginPass, restartPass } from './begin-pass.ts'
import { diffPage, latestChanges } from './diff-page.ts'
import { endPass, failPass, type EndContext } from './end-pass.ts'
import { findMissed } from './find-missed.ts'
import { modeOf, type ModeVerdict } from './mode.ts'
import { standsBy } from './next-look.ts'
import type { ContextFor } from './context-for.ts'
import { readSituation, type SituationOptions } from './read-situation.ts'
import type { Readable, Situation } from './situation.ts'
import { sweep } from './sweep.ts'
import { passJob, type SyncJobNotes } from './sync-job.ts'
import { tellChanges } from './tell-changes.ts'
import { LASTING, STAND_BY_MS, toldByInPlaceOf } from './twins.ts'
import { withSeries } from './with-series.ts'

export interface RunSyncOptions extends SituationOptions, EndContext {
  readonly store: Store
  readonly contextFor: ContextFor
  readonly events: { makeOwn(inputs: readonly EventInput[]): readonly NewEvent[] }
  readonly random: () => number
}

type Result = JobResult<JobEffects>

/** Well under the lease: whoever hangs is told so by us, and not by another who has taken the job over. */
const PAGE_MS = 40_000
/** A provider that throws each read of everything away is not asked for the next at once. */
const MAX_RESTARTS = 3
/** Put off by a limit without being told for how long: from, to, ms. */
const LIMITED_MS = { from: 30_000, to: 10 * 60_000 } as const

/**
 * Reads the next page of a resource's pass, or sweeps the next slice; begins the pass when there is none. What it returns
 * is done in the transaction that ends its job, so a kill at any moment repeats at most the reading of one page, and
 * nothing is announced twice. What throws is tried again by the policy of the kind.
 */
export async function runSync(options: RunSyncOptions, job: ClaimedJob, signal: AbortSignal): Promise<Result> {
  const resourceId = resourceOf(job)
  const situation = await readSituation(options, resourceId)
  // Taken away while the job waited.
  if (situation === null) return { type: 'done', effects: {} }
  const verdict = modeOf(situation, options.clock.now())
  const readable = toReadable(situation)
  if (verdict.mode === 'none' || readable === null) {
    return putOff(resourceId, { nextAt: standsBy(situation) ? options.clock.now() + STAND_BY_MS : null })
  }
  const pass = readable.state.pass ?? (await beginPass(options, readable, verdict))
  // It was not known when the job was made.
  if (pass.type === 'full' && job.kind === 'sync.run') {
    const next = passJob(pass, resourceId, options.clock.now(), notesOf(job))
    return done({ sync: { resourceId, patch: { pass }, next } })
  }
  try {
    if (pass.phase === 'sweep') return done(await sweep(options, readable, pass, verdict))
    return done(await readOne(options, readable, { pass, verdict, signal }))
  } catch (thrown) {
    return failed(options, readable, { pass, job, error: toEcError(thrown) })
  }
}

interface Step {
  readonly pass: SyncPass
  readonly verdict: ModeVerdict
  readonly signal: AbortSignal
}

async function readOne(options: RunSyncOptions, readable: Readable, step: Step): Promise<JobEffects> {
  const { resource, state, reader, account } = readable
  const { pass, verdict } = step
  const { store, clock, events } = options
  const page = await fetchPage(options, readable, step)
  const full = pass.type === 'full'
  const { generation } = pass
  const latest = latestChanges(page.changes)
  const known = await store.getItems(resource.id, [...latest.keys()])
  const { writes, removed, removedSeries, exceptions, changes } = diffPage(latest, known, { generation, full })
  const teller = toldByInPlaceOf(readable, readable.twins)?.resource.id ?? null
  // What was told through another account, while that was the one that is read, is no news.
  const news =
    teller === null
      ? changes
      : diffPage(latest, await store.getItems(teller, [...latest.keys()]), { generation, full }).changes
  // Before everything has been here once nothing is news.
  const told =
    state.generation === 0 && teller === null
      ? []
      : tellChanges(await withSeries(store, teller ?? resource.id, news, latest), {
          reader,
          resource,
          account,
          now: clock.now(),
        })
  const missed =
    verdict.mode === 'webhook' && !full && teller === null
      ? findMissed(changes, {
          now: clock.now(),
          since: trustedSince(options, readable),
          announcedAt: state.lastAnnouncedAt,
        })
      : null
  const named = full ? [] : [...(pass.exceptions ?? []), ...exceptions]
  const read: SyncPass = {
    ...pass,
    pages: pass.pages + 1,
    read: pass.read + page.changes.length,
    changed: pass.changed + changes.length,
    expected: page.expected ?? pass.expected,
    missedAt: missed === null ? pass.missedAt : Math.min(missed, pass.missedAt ?? missed),
    exceptions: named,
  }
  const items = { items: writes, removed, removedSeries: full ? [] : removedSeries, kept: named }
  const made = events.makeOwn(told)
  if ('page' in page.next) {
    if (page.next.page === pass.page) throw new EcError('EC_PROVIDER', 'the next page is the one that was just read')
    const patch = { pass: { ...read, page: page.next.page } }
    return {
      events: made,
      sync: { resourceId: resource.id, ...items, patch, next: passJob(pass, resource.id, clock.now()) },
    }
  }
  const { cursor } = page.next
  // A first pass leaves nothing behind that it did not name itself.
  if (full && reader.whole && (state.generation > 0 || pass.generation > 1)) {
    const patch = { pass: { ...read, phase: 'sweep' as const, page: null, cursor } }
    return {
      events: made,
      sync: { resourceId: resource.id, ...items, patch, next: passJob(pass, resource.id, clock.now()) },
    }
  }
  // The page was long on its way, and others have judged the subscription meanwhile.
  const situation = await readSituation(options, resource.id)
  const fresh = (situation && toReadable(situation)) ?? readable
  const { told: last, sync, ...end } = endPass(options, fresh, { pass: { ...read, cursor }, verdict })
  return { ...end, events: [...made, ...events.makeOwn(last)], sync: { ...sync, ...items } }
}

async function fetchPage(
  { contextFor }: RunSyncOptions,
  { resource, state, reader, account }: Readable,
  { pass, signal }: Step,
): Promise<ReadPage> {
  const limited = joinSignals([signal], PAGE_MS)
  try {
    const ctx = await contextFor(account.id, { provider: resource.provider, cause: pass.cause, signal: limited.signal })
    const full = pass.type === 'full'
    return await reader.readPage(ctx, resource, {
      cursor: full ? null : state.cursor,
      page: pass.page,
      since: full && state.generation > 0 ? state.lastSyncAt : null,
    })
  } catch (error) {
    if (limited.signal.aborted && !signal.aborted) {
      throw new EcError('EC_TIMEOUT', `a page did not come within ${PAGE_MS / 1000} s`, { cause: error })
    }
    throw error
  } finally {
    limited.release()
  }
}

/** From when on a change should have been announced. */
function trustedSince({ awakeSince }: RunSyncOptions, { state, subscription }: Situation): number {
  return Math.max(state.lastSyncAt ?? 0, subscription?.verifiedAt ?? Infinity, awakeSince())
}

interface Failure {
  readonly pass: SyncPass
  readonly job: ClaimedJob
  readonly error: EcError
}

async function failed(options: RunSyncOptions, readable: Readable, { pass, job, error }: Failure): Promise<Result> {
  const { resource, state } = readable
  const { clock } = options
  const now = clock.now()
  const notes = notesOf(job)
  switch (error.code) {
    case 'EC_CURSOR_EXPIRED': {
      const restarts = (notes.restarts ?? 0) + 1
      if (restarts > MAX_RESTARTS) break
      options.log.info('a cursor has expired: everything is read anew', { resource: resource.id, restarts })
      const patch = { pass: restartPass(pass, state, now) }
      const next = passJob(patch.pass, resource.id, now, { restarts })
      return done({ sync: { resourceId: resource.id, patch, next } })
    }
    case 'EC_RATE_LIMITED': {
      const limited = (notes.limited ?? 0) + 1
      const waitMs = Math.min(LIMITED_MS.to, LIMITED_MS.from * 2 ** (limited - 1))
      const at = now + Math.max(error.retryAfterMs ?? 0, Math.round(waitMs * (0.5 + options.random())))
      const next = passJob(pass, resource.id, at, { ...notes, limited })
      // What it was asked for stays asked for: it has not begun, or goes on from where it stands.
      return done({ sync: { resourceId: resource.id, patch: {}, next } })
    }
    case 'EC_ACCOUNT_SIGNED_OUT':
      // Notifications wait until somebody has signed in again: the read that follows sees what they announce.
      return putOff(resource.id, { nextAt: null, error: error.code, errorAt: now })
  }
  const lasting = LASTING.has(error.code)
  if (!lasting && job.attempt < job.maxAttempts) throw error
  const effects = failPass(options, readable, { pass, error, job: lasting ? null : job.id })
  const all = { sync: effects.sync, events: options.events.makeOwn(effects.told) }
  return lasting ? done(all) : { type: 'dead', reason: `${error.code}: ${error.message}`, effects: all }
}

/** It ends, and stays to be done: whoever makes it possible again asks for it. */
function putOff(
  resourceId: string,
  patch: { readonly nextAt: number | null; readonly error?: string; readonly errorAt?: number },
): Result {
  return done({ sync: { resourceId, patch } })
}

function done(effects: JobEffects): Result {
  return { type: 'done', effects }
}

function toReadable(situation: Situation): Readable | null {
  const { account, provider } = situation
  if (account === null || provider.reader === undefined) return null
  return { ...situation, account, reader: provider.reader }
}

function resourceOf(job: ClaimedJob): string {
  const { resource } = job.payload
  if (typeof resource === 'string') return resource
  throw new Error(`job ${job.id} names no resource`)
}

function notesOf({ payload }: ClaimedJob): SyncJobNotes {
  const { limited, restarts } = payload
  return {
    ...(typeof limited === 'number' ? { limited } : {}),
    ...(typeof restarts === 'number' ? { restarts } : {}),
  }
}
