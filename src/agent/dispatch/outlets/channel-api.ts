import type { Clock } from '../../../core/clock.ts'
import { worstStatus } from '../../../core/check.ts'
import { EcError } from '../../../core/errors.ts'
import type { EcEvent } from '../../../core/event.ts'
import type { Ids } from '../../../core/ids.ts'
import type { ChannelApi, ChannelState } from '../../http/api.ts'
import type { Dispatcher, OutletState } from '../dispatcher.ts'

export interface ChannelApiOptions {
  readonly dispatchers: readonly Dispatcher[]
  readonly clock: Clock
  readonly ids: Ids
  /** Whose event a test is, where an outlet is for everybody. */
  readonly user: string
}

/** What the operator asks of the ways that events go. */
export function createChannelApi({ dispatchers, clock, ids, user }: ChannelApiOptions): ChannelApi {
  async function list(): Promise<readonly ChannelState[]> {
    return (await Promise.all(dispatchers.map(listOne))).flat()
  }

  async function find(name: string): Promise<ChannelState> {
    const found = (await list()).find(state => state.name === name)
    if (found === undefined) throw unknown(name)
    return found
  }

  async function test(name: string) {
    const { users } = await find(name)
    const event = trialEvent(users?.[0] ?? user, name)
    const since = clock.monotonic()
    for (const { outlets } of dispatchers) {
      const outcome = await outlets?.try(name, event, new AbortController().signal)
      if (outcome) {
        const reason = 'reason' in outcome ? outcome.reason : null
        return { name, outcome: outcome.type, reason, ms: Math.round(clock.monotonic() - since) }
      }
    }
    throw unknown(name)
  }

  /** Stands in no history: it is a question to the way, not news. */
  function trialEvent(userId: string, name: string): EcEvent {
    return {
      id: ids.next('evt'),
      user_id: userId,
      type: 'channel.test',
      title: `EventCenter can reach ${name}`,
      body: 'You asked for this test.',
      level: 'info',
      created_at: new Date(clock.now()).toISOString(),
      service: 'ec',
    }
  }

  return {
    list,
    test,
    async switch(name, on) {
      for (const { outlets } of dispatchers) if (await outlets?.switch(name, on)) return find(name)
      throw unknown(name)
    },
  }
}

async function listOne(dispatcher: Dispatcher): Promise<readonly ChannelState[]> {
  const { channel, outlets } = dispatcher
  if (outlets !== undefined) return (await outlets.list()).map(state => ({ channel, ...shown(state) }))
  const checks = await dispatcher.checks()
  const state = worstStatus(checks) === 'fail' ? 'broken' : 'on'
  return [{ name: channel, channel, users: null, types: null, state, detail: checks[0]?.detail ?? null }]
}

function shown({ name, users, types, on, trouble }: OutletState): Omit<ChannelState, 'channel'> {
  const served = { name, users: users ?? null, types: types ?? null }
  if (!on) return { ...served, state: 'off', detail: `\`ec channels enable ${name}\` switches it on` }
  return { ...served, state: trouble === null ? 'on' : 'broken', detail: trouble }
}

function unknown(name: string): EcError {
  return new EcError('EC_NOT_FOUND', `no command or webhook is called ${name}`, {
    hint: 'list what there is: `ec channels list`',
  })
}
