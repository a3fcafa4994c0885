import { setTimeout as sleep } from 'node:timers/promises'
import { KilledAgent } from './killed-agent.ts'
import { createRandom, type Random } from './random.ts'
import { prepareSetting } from './setting.ts'
import { Traffic } from './traffic.ts'

export interface KillTestOptions {
  readonly dataDir: string
  readonly kills: number
  readonly seed: number
}

export interface KillTestResult {
  readonly seed: number
  readonly kills: number
  readonly seconds: number
  /** Requests by the status of their answer; `none` = the agent died first. */
  readonly requests: Readonly<Record<string, number>>
  readonly notifications: number
  readonly events: number
  /** Items without a 2xx that are there nevertheless: they became durable and the answer was lost. */
  readonly unanswered_but_stored: number
  readonly clients: number
  readonly connections: number
  readonly received: number
  /** Empty when every promise was kept. */
  readonly violations: readonly string[]
}

/** An agent lives until it has given so many answers, chosen anew each time, or until its time is over. */
const MOST_ANSWERS = 1_500
const LONGEST_LIFE_MS = 2_500

/**
 * Drives signed webhooks and emits at full speed, kills the agent at random moments, starts it again on the same
 * folder, and in the end compares what was promised with what is there.
 */
export async function runKillTest({ dataDir, kills, seed }: KillTestOptions): Promise<KillTestResult> {
  const random = createRandom(seed)
  const started = performance.now()
  const agent = new KilledAgent({ dataDir })
  let traffic: Traffic | null = null
  try {
    await agent.spawn().ready
    const setting = await prepareSetting(await agent.up())
    traffic = new Traffic({ agent, setting, random })
    traffic.start()
    for (let n = 0; n < kills; n++) await killAndRestart(agent, traffic, random)
    const { snapshot, violations } = await traffic.conclude(() => agent.up())
    const { ledger, readers } = traffic
    const events = [...snapshot.events.values()].flat()
    const stored = new Set([...snapshot.notifications.map(one => one.key), ...events.map(one => one.data?.mark ?? '')])
    return {
      seed,
      kills,
      seconds: Math.round((performance.now() - started) / 100) / 10,
      requests: ledger.statuses,
      notifications: snapshot.notifications.length,
      events: events.length,
      unanswered_but_stored: ledger.count(({ item, answers }) => answers === 0 && stored.has(item.mark)),
      clients: readers.length,
      connections: readers.reduce((sum, reader) => sum + reader.connections, 0),
      received: readers.reduce((sum, reader) => sum + reader.received.length, 0),
      violations,
    }
  } finally {
    traffic?.stop()
    await agent.kill()
  }
}

/**
 * Kills at one of the moments that matter: in the midst of the load, right after the first answers, while the agent is
 * still starting, or while it is already stopping in good order.
 */
async function killAndRestart(agent: KilledAgent, traffic: Traffic, random: Random): Promise<void> {
  await agent.up()
  // Counted in answers, so that a slow machine is killed in the midst of its work too.
  if (random.oneIn(4)) await sleep(random.between(0, 40))
  else await traffic.flows(random.between(1, MOST_ANSWERS), LONGEST_LIFE_MS)
  if (random.oneIn(8)) await Promise.race([agent.kill('SIGTERM'), sleep(random.between(0, 60))])
  await agent.kill()
  const next = agent.spawn()
  if (!random.oneIn(5)) return
  // Killed while it starts, it is not counted: nothing was promised meanwhile.
  await Promise.race([next.ready, sleep(random.between(20, 600))])
  await agent.kill()
  agent.spawn()
}
