import type { EventItem } from '../../../backends/store.ts'
import { judge, type CheckResult } from '../../../core/check.ts'
import { toEcError } from '../../../core/errors.ts'
import type { EcEvent } from '../../../core/event.ts'
import type { Outlet } from '../../../core/outlet.ts'
import type { Dispatcher, Outcome, OutletState, Target } from '../dispatcher.ts'
import type { Shipment } from './shipment.ts'
import type { Switches } from './switches.ts'
import { takesType, takesUser } from './takes.ts'

export interface OutletDispatcherOptions<Kind extends Outlet> {
  readonly channel: 'exec' | 'webhook'
  readonly outlets: readonly Kind[]
  readonly switches: Switches
  readonly retryWaitsMs: readonly number[]
  /** One try. */
  send(outlet: Kind, shipment: Shipment, signal: AbortSignal): Promise<Outcome>
  /** What keeps an outlet from working, before anything is sent to it; null = nothing that is seen from here. */
  findTrouble(outlet: Kind): Promise<string | null>
  close(): Promise<void>
}

/**
 * What all channels have in common whose targets stand in the configuration: whom an outlet is for, which types it takes,
 * its switch and its check. The channel itself is `send`. The id of a target is the outlet's name.
 */
export function createOutletDispatcher<Kind extends Outlet>(options: OutletDispatcherOptions<Kind>): Dispatcher {
  const { channel, outlets, switches, retryWaitsMs, send, findTrouble, close } = options

  async function targets(userId: string, type?: string): Promise<readonly Target[]> {
    const fitting = outlets.filter(
      outlet => takesUser(outlet, userId) && (type === undefined || takesType(outlet, type)),
    )
    const on = await Promise.all(fitting.map(({ name }) => switches.isOn(name)))
    return fitting.filter((_, i) => on[i]).map(({ name }) => ({ id: name, userId, label: name }))
  }

  async function deliver(item: EventItem, target: Target, signal: AbortSignal, attempt = 1): Promise<Outcome> {
    const outlet = outlets.find(({ name }) => name === target.id)
    if (outlet === undefined)
      return { type: 'gone', reason: `the configuration has no ${channel} ${target.id} any more` }
    if (item.userId !== target.userId || !takesUser(outlet, item.userId)) {
      return { type: 'rejected', reason: `${outlet.name} is not for ${item.userId}` }
    }
    return tryTo(async () => {
      if (!(await switches.isOn(outlet.name))) return { type: 'gone', reason: `${outlet.name} is switched off` }
      const event: EcEvent = JSON.parse(item.json)
      if (!takesType(outlet, event.type)) {
        return { type: 'rejected', reason: `${outlet.name} takes no ${event.type}` }
      }
      return send(outlet, { event, json: item.json, attempt }, signal)
    }, signal)
  }

  async function stateOf(outlet: Kind): Promise<OutletState> {
    const [on, trouble] = await Promise.all([switches.isOn(outlet.name), findTrouble(outlet)])
    const { name, users, types } = outlet
    return { name, users, types, on, trouble }
  }

  async function checks(): Promise<readonly CheckResult[]> {
    const states = await Promise.all(outlets.map(stateOf))
    const broken = states.filter(({ trouble }) => trouble !== null)
    const off = states.filter(({ on }) => !on)
    const code = `channels.${channel}` as const
    if (broken.length > 0) {
      return [judge(code, 'fail', broken.map(({ name, trouble }) => `${name}: ${trouble}`).join('; '))]
    }
    if (off.length > 0) {
      const hint = `mend what it leads to, then \`ec channels enable ${off[0]?.name}\``
      return [judge(code, 'warn', `switched off: ${off.map(({ name }) => name).join(', ')}`, hint)]
    }
    return [judge(code, 'ok', states.length === 0 ? 'none is set up' : `${states.length} set up`)]
  }

  function find(name: string): Kind | undefined {
    return outlets.find(outlet => outlet.name === name)
  }

  return {
    channel,
    retryWaitsMs,
    targets,
    deliver,
    checks,
    close,
    outlets: {
      takes: (userId, type) => outlets.some(outlet => takesUser(outlet, userId) && takesType(outlet, type)),
      list: () => Promise.all(outlets.map(stateOf)),
      async try(name, event, signal) {
        const outlet = find(name)
        if (outlet === undefined) return null
        return tryTo(() => send(outlet, { event, json: JSON.stringify(event), attempt: 1 }, signal), signal)
      },
      async switch(name, on) {
        if (find(name) === undefined) return false
        await switches.set(name, on)
        return true
      },
    },
  }
}

const STOPPING: Outcome = { type: 'retry', afterMs: null, reason: 'the agent was stopping' }

/** Whatever goes wrong on our side, as with the disk, is tried again. */
async function tryTo(work: () => Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
  if (signal.aborted) return STOPPING
  try {
    return await work()
  } catch (thrown) {
    const { code, message } = toEcError(thrown)
    return { type: 'retry', afterMs: null, reason: `${code}: ${message}` }
  }
}
