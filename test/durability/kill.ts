import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { judge } from './judge.ts'
import { KilledAgent } from './killed-agent.ts'
import { Ledger } from './ledger.ts'
import { ask, type Door } from './operator.ts'
import { makeEmit, makeWebhook } from './parcel.ts'
import { createRandom, type Random } from './random.ts'
import { Sender } from './sender.ts'
import { prepareSetting, type Setting } from './setting.ts'
import { takeSnapshot, type Snapshot } from './snapshot.ts'
import { StreamReader } from './stream-reader.ts'

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

const CLIENTS_PER_USER = 2
const WEBHOOK_SENDERS = 6
const EMIT_SENDERS = 3
/** An agent lives until it has given so many answers, chosen anew each time, or until its time is over. */
const MOST_ANSWERS = 1_500
const LONGEST_LIFE_MS = 2_500

/**
 * Drives signed webhooks and emits at full speed, kills the agent at random moments, starts it again on the same
 * folder, and in the end compares what was promised with what is there.
 */
export async function runKillTest(options: KillTestOptions): Promise<KillTestResult & { readonly evidence: Evidence }> {
  const { dataDir, kills, seed } = options
  const random = createRandom(seed)
  const started = performance.now()
  const agent = new KilledAgent({ dataDir })
  const ended = new AbortController()
  try {
    await agent.spawn().ready
    const setting = await prepareSetting(await agent.up())
    const ledger = new Ledger()
    const readers = makeReaders(agent, setting, random)
    const senders = makeSenders(agent, setting, ledger, random)

    const reading = Promise.all(readers.map(reader => reader.run(ended.signal)))
    const sending = new AbortController()
    const sent = Promise.all(senders.map(sender => sender.run(sending.signal)))
    for (let n = 0; n < kills; n++) await killAndRestart(agent, ledger, random)
    sending.abort()
    await sent
    await Promise.all(senders.map(sender => sender.finish()))

    const operator = await agent.up()
    await untilProcessed(operator)
    await untilCaughtUp(operator, readers)
    ended.abort()
    await reading

    const snapshot = await takeSnapshot(operator, setting.users, readers)
    const violations = [...readers.flatMap(reader => reader.faults), ...judge(ledger, snapshot)]
    const stored = new Set([
      ...snapshot.notifications.map(one => one.key),
      ...[...snapshot.events.values()].flat().map(event => event.data?.mark ?? ''),
    ])
    return {
      seed,
      kills,
      seconds: Math.round((performance.now() - started) / 100) / 10,
      requests: ledger.statuses,
      notifications: snapshot.notifications.length,
      events: [...snapshot.events.values()].flat().length,
      unanswered_but_stored: ledger.count(({ item, answers }) => answers === 0 && stored.has(item.mark)),
      clients: readers.length,
      connections: readers.reduce((sum, reader) => sum + reader.connections, 0),
      received: readers.reduce((sum, reader) => sum + reader.received.length, 0),
      violations,
      evidence: { ledger, snapshot },
    }
  } finally {
    ended.abort()
    await agent.kill()
  }
}

/** What the judgement stands on. */
export interface Evidence {
  readonly ledger: Ledger
  readonly snapshot: Snapshot
}

function makeReaders(agent: KilledAgent, { users, tokens, epoch }: Setting, random: Random): readonly StreamReader[] {
  return users.flatMap(user =>
    Array.from(
      { length: CLIENTS_PER_USER },
      () => new StreamReader({ agent, user, bearer: tokens.get(user) ?? '', epoch, random }),
    ),
  )
}

function makeSenders(agent: KilledAgent, setting: Setting, ledger: Ledger, random: Random): readonly Sender[] {
  const { users, targets, serviceKey } = setting
  return [
    ...Array.from(
      { length: WEBHOOK_SENDERS },
      () => new Sender({ agent, ledger, random, make: () => makeWebhook(random.pick(targets), random) }),
    ),
    ...Array.from(
      { length: EMIT_SENDERS },
      () => new Sender({ agent, ledger, random, make: () => makeEmit(users, serviceKey, random) }),
    ),
  ]
}

/**
 * Kills at one of the moments that matter: in the midst of the load, right after the first answers, while the agent is
 * still starting, or while it is already stopping in good order.
 */
async function killAndRestart(agent: KilledAgent, ledger: Ledger, random: Random): Promise<void> {
  await agent.up()
  if (random.oneIn(4)) await sleep(random.between(0, 40))
  else await untilAnswered(ledger, random.between(1, MOST_ANSWERS), LONGEST_LIFE_MS)
  if (random.oneIn(8)) {
    await Promise.race([agent.kill('SIGTERM'), sleep(random.between(0, 60))])
  }
  await agent.kill()
  const next = agent.spawn()
  if (!random.oneIn(5)) return
  // Killed while it starts, it does not count: nothing was promised meanwhile.
  await Promise.race([next.ready, sleep(random.between(20, 600))])
  await agent.kill()
  agent.spawn()
}

/** Counted in answers, so that a slow machine is killed in the midst of its work too. */
async function untilAnswered(ledger: Ledger, answers: number, withinMs: number): Promise<void> {
  const from = ledger.accepted
  const end = performance.now() + withinMs
  while (ledger.accepted < from + answers && performance.now() < end) await sleep(3)
}

async function untilProcessed(operator: Door): Promise<void> {
  const shape = z.object({ jobs: z.object({ ready: z.number(), delayed: z.number(), running: z.number() }) })
  for (;;) {
    const { jobs } = shape.parse(await ask(operator, 'GET', '/api/status'))
    if (jobs.ready + jobs.delayed + jobs.running === 0) return
    await sleep(50)
  }
}

/** A client that never catches up is found by the judgement; here it is only given the time that it needs. */
async function untilCaughtUp(operator: Door, readers: readonly StreamReader[]): Promise<void> {
  const shape = z.object({ events: z.array(z.object({ seq: z.number() })) })
  const deadline = performance.now() + 20_000
  for (const reader of readers) {
    const { events } = shape.parse(await ask(operator, 'GET', `/api/events?user=${reader.user}&limit=1`))
    const head = events.at(-1)?.seq ?? 0
    while (reader.position < head && performance.now() < deadline) await sleep(20)
  }
}
