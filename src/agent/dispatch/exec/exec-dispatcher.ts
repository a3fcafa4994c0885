import { setMaxListeners } from 'node:events'
import type { COMMAND_VARIABLES } from '../../../core/config-keys.ts'
import { joinSignals } from '../../../core/join-signals.ts'
import type { CommandOutlet } from '../../../core/outlet.ts'
import { createOutputTail } from '../../../core/output-tail.ts'
import type { Dispatcher, Outcome } from '../dispatcher.ts'
import { createOutletDispatcher } from '../outlets/outlet-dispatcher.ts'
import type { Shipment } from '../outlets/shipment.ts'
import { createSwitches } from '../outlets/switches.ts'
import type { DispatchWorld } from '../outlets/world.ts'
import { findProgramTrouble } from './find-program.ts'
import { outcomeOfEnding } from './outcome-of-ending.ts'
import { runCommand } from './run-command.ts'
import { Slots } from './slots.ts'

/** A command that cannot take an event now mostly can in a moment; beyond that a person has to look. */
const RETRY_WAITS_MS = [1_000, 10_000, 60_000] as const
/** Commands that run at once, of all outlets: the machine has other work. */
const MAX_RUNNING = 4
const KEPT_OUTPUT_BYTES = 4 * 1024
/** What of the agent's environment a command sees; the rest may hold secrets. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TZ', 'SystemRoot', 'PATHEXT', 'TEMP'] as const
const USUAL_PATH = '/usr/local/bin:/usr/bin:/bin'

/** Events given to commands of the operator's: one run each, the event as JSON on stdin. */
export function createExecDispatcher(world: DispatchWorld): Dispatcher {
  const { channels, store, clock, log } = world
  const slots = new Slots(MAX_RUNNING)
  const closing = new AbortController()
  // Every send listens to it.
  setMaxListeners(0, closing.signal)
  const running = new Set<Promise<Outcome>>()
  const common = { PATH: USUAL_PATH, ...pick(world.env, PASSED_ON) }

  async function send(outlet: CommandOutlet, shipment: Shipment, signal: AbortSignal): Promise<Outcome> {
    const joined = joinSignals([signal, closing.signal])
    const run = runInSlot(outlet, shipment, joined.signal)
    running.add(run)
    try {
      return await run
    } finally {
      running.delete(run)
      joined.release()
    }
  }

  async function runInSlot(outlet: CommandOutlet, shipment: Shipment, signal: AbortSignal): Promise<Outcome> {
    const [program = ''] = outlet.command
    if (!(await slots.take(signal))) return outcomeOfEnding({ type: 'stopped' }, program, '')
    try {
      return await run(outlet, shipment, signal)
    } finally {
      slots.give()
    }
  }

  async function run(outlet: CommandOutlet, shipment: Shipment, signal: AbortSignal): Promise<Outcome> {
    const { command: argv, name, timeout_s } = outlet
    const { event, json: input } = shipment
    const tail = createOutputTail(KEPT_OUTPUT_BYTES)
    const env = { ...common, ...describe(shipment) }
    const ending = await runCommand({ argv, env, input, timeoutMs: timeout_s * 1000, signal, clock, tail })
    const lines = tail.lines(Infinity)
    log.debug('a command was given an event', {
      outlet: name,
      event: event.id,
      end: ending.type,
      output: lines.join('\n'),
    })
    return outcomeOfEnding(ending, argv[0] ?? '', lines.at(-1) ?? '')
  }

  return createOutletDispatcher({
    channel: 'exec',
    outlets: channels.exec,
    switches: createSwitches(store, 'exec'),
    retryWaitsMs: RETRY_WAITS_MS,
    send,
    findTrouble: ({ command: [program = ''] }) => findProgramTrouble(program, common.PATH),
    async close() {
      closing.abort()
      await Promise.all(running)
    },
  })
}

/** The event's facts that a script wants without a JSON parser. */
function describe({ event, attempt }: Shipment): Readonly<Record<(typeof COMMAND_VARIABLES)[number], string>> {
  return {
    EC_EVENT_ID: event.id,
    EC_EVENT_TYPE: event.type,
    EC_USER_ID: event.user_id,
    EC_ATTEMPT: String(attempt),
  }
}

function pick(env: DispatchWorld['env'], names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])))
}
