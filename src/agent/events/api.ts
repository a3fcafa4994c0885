import type { Bus } from '../../backends/backend.ts'
import type { StateItem, Store } from '../../backends/store.ts'
import { forbidden, narrow, requireReading } from '../../core/access.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { EventState } from '../../core/event.ts'
import { isSilent } from '../../core/is-silent.ts'
import type { Principal } from '../../core/principal.ts'
import type { EventApi } from '../http/api.ts'
import { findEvent } from './access.ts'
import type { Emitter } from './emitter.ts'
import { explain } from './explain.ts'

/** More than a user can have. */
const ALL_DEVICES = 100

export interface EventApiOptions {
  readonly store: Pick<
    Store,
    'identity' | 'getHead' | 'listEvents' | 'getEvents' | 'readTrace' | 'changeStates' | 'listDevices'
  >
  readonly bus: Bus
  readonly clock: Clock
  readonly emitter: Emitter
}

/**
 * Events as the doors ask for them, with the rights that hang on the event: a user reads and marks what is his own, a
 * service reads and withdraws what its key emitted, the operator may do all.
 */
export function createEventApi(options: EventApiOptions): EventApi {
  const { store, bus, clock, emitter } = options

  async function change(
    principal: Principal,
    id: string,
    userId: string | null,
    state: EventState,
    until: number | null,
  ): Promise<readonly StateItem[]> {
    checkChange(principal, state, until, clock.now())
    const event = await findEvent(store, principal, id, userId)
    return apply(principal, [id], event.userId, state, until)
  }

  async function changeMany(
    ...[principal, ids, userId, state, until]: Parameters<EventApi['changeMany']>
  ): Promise<readonly StateItem[]> {
    if (principal.kind === 'service' || (principal.kind === 'user' && principal.userId !== userId)) {
      throw forbidden('an inbox is kept by its own user', 'use a token of the user, from `ec token USER`')
    }
    checkChange(principal, state, until, clock.now())
    return apply(principal, ids, userId, state, until)
  }

  async function apply(
    principal: Principal,
    ids: readonly string[],
    userId: string,
    state: EventState,
    until: number | null,
  ): Promise<readonly StateItem[]> {
    const at = clock.now()
    const items = await store.changeStates({ userId, ids, state, by: byOf(principal), at, until })
    if (items.length > 0) bus.publish('stream', { userId, items })
    return items
  }

  return {
    emit: emitter.emit,
    emitMany: emitter.emitMany,
    list: async (principal, query) => store.listEvents(narrow(principal, query, 'events')),
    async get(principal, id, userId) {
      requireReading(principal)
      return findEvent(store, principal, id, userId)
    },
    async trace(principal, id, userId) {
      requireReading(principal)
      const event = await findEvent(store, principal, id, userId)
      const [trace, devices] = await Promise.all([
        store.readTrace(event.userId, id),
        store.listDevices({ userId: event.userId, limit: ALL_DEVICES }),
      ])
      const silent = new Set(devices.rows.filter(isSilent).map(device => device.id))
      const sentences = explain(event, trace, clock.now(), silent)
      return { id, userId: event.userId, plan: event.plan, trace, sentences }
    },
    async inbox(userId) {
      const { seq, unread } = await store.getHead(userId)
      return { epoch: store.identity().epoch, head: seq, unread }
    },
    change,
    changeMany,
  }
}

function checkChange(principal: Principal, state: EventState, until: number | null, now: number): void {
  if (state === 'answered') {
    throw new EcError('EC_FIELD_INVALID', 'an event is answered through its question', { hint: 'answer the question' })
  }
  if (state === 'snoozed' && (until === null || until <= now)) {
    throw new EcError('EC_FIELD_INVALID', '`until` takes an instant in the future', {
      details: { errors: [{ path: 'until', message: 'takes an RFC 3339 instant in the future' }] },
    })
  }
  if (principal.kind === 'user' && state === 'retracted') {
    throw forbidden('an event is withdrawn by whoever emitted it', 'archive it instead')
  }
  if (principal.kind === 'service' && state !== 'retracted') {
    throw forbidden('a service key withdraws events, it does not read them in the place of the person', 'use DELETE')
  }
}

/** As other clients are told who did it. */
function byOf(principal: Principal): string | null {
  switch (principal.kind) {
    case 'operator':
      return 'operator'
    case 'service':
      return principal.key.name
    case 'user':
      return null
    default:
      return principal satisfies never
  }
}
