import { join } from 'node:path'
import { type AgentProcess } from '../support/agent-process.ts'
import { readAnswerOrder, TRACED, type AnswerOrder } from './answer-order.ts'
import { Ledger } from './ledger.ts'
import type { Parcel } from './parcel.ts'
import type { Random } from './random.ts'
import { Sender } from './sender.ts'
import { attach } from './strace.ts'

export interface TraceOptions {
  /** Serves already. */
  readonly agent: AgentProcess
  /** Where the trace is written; it is large. */
  readonly dir: string
  readonly requests: number
  readonly connections: number
  readonly random: Random
  readonly make: () => Parcel
}

export interface Traced extends AnswerOrder {
  /** Answers with 2xx as the senders counted them: all of them must be in the trace. */
  readonly accepted: number
}

/** Sends requests over many connections while every system call is watched, and tells the order of syncs and answers. */
export async function traceAnswers(options: TraceOptions): Promise<Traced> {
  const { agent, dir, requests, connections, random, make } = options
  const file = join(dir, 'trace')
  const tracing = await attach(agent.pid, ['-o', file, ...TRACED])
  const ledger = new Ledger()
  const enough = new AbortController()
  let made = 0
  const makeUntilEnough = (): Parcel => {
    made += 1
    if (made >= requests) enough.abort()
    return make()
  }
  const present = { up: () => agent.ready }
  const senders = Array.from({ length: connections }, () => {
    return new Sender({ agent: present, ledger, random, make: makeUntilEnough })
  })
  await Promise.all(senders.map(sender => sender.run(enough.signal)))
  await tracing.detach()
  return { ...(await readAnswerOrder(file)), accepted: ledger.accepted }
}
