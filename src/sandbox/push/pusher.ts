import type { Busy } from '../busy.ts'
import type { Fault, FaultSubject } from '../faults/fault.ts'
import type { FaultBook } from '../faults/fault-book.ts'
import type { Holds } from '../faults/hold.ts'
import type { SandboxLog } from '../log.ts'
import type { Post, Poster } from './post.ts'

/** A message on its way to a receiver. */
export interface Push {
  readonly post: Post
  readonly service: 'calendar' | 'pubsub'
  readonly channel: string
  readonly subscription: string
  readonly calendar: string
  readonly attempt: number
}

export interface PushOutcome {
  /** 0 = there was no answer. */
  readonly status: number
  /** It got lost on the way, and nobody knows. */
  readonly isLost: boolean
}

export interface Pusher {
  push(push: Push): Promise<PushOutcome>
  close(): void
}

interface PusherParts {
  readonly poster: Poster
  readonly log: SandboxLog
  readonly faults: FaultBook
  readonly holds: Holds
  readonly busy: Busy
}

const MAX_HELD = 10_000

/** Sends pushes, those to one URL one after the other, and does the faults to them that were ordered. */
export function createPusher({ poster, log, faults, holds, busy }: PusherParts): Pusher {
  const lanes = new Map<string, Promise<unknown>>()
  let held = 0

  /** What is held back waits outside of the lane, so that others can overtake it. */
  function inLane<T>(url: string, work: () => Promise<T>): Promise<T> {
    const turn = (lanes.get(url) ?? Promise.resolve()).then(work)
    lanes.set(url, turn)
    void turn.finally(() => {
      if (lanes.get(url) === turn) lanes.delete(url)
    })
    return turn
  }

  async function send(push: Push, fault: Fault | null): Promise<number> {
    const { url } = push.post
    const status = await busy.track(() =>
      inLane(url, async () => {
        const close = open(push, fault)
        const answered = await poster.send(push.post)
        close(fault?.kind === 'cut' ? 0 : answered)
        return answered
      }),
    )
    holds.pass(url)
    return status
  }

  function open(push: Push, fault: Fault | null): (status: number) => void {
    const { service, channel, subscription, attempt, post } = push
    const who = channel || subscription
    const operation = `${service}.push`
    const kind = fault?.kind ?? null
    return log.open({ kind: 'push', method: 'POST', target: post.url, operation, who, attempt, fault: kind })
  }

  /** Nothing goes over the wire. */
  function pretend(push: Push, fault: Fault, status: number): PushOutcome {
    open(push, fault)(status)
    return { status, isLost: fault.kind === 'drop' }
  }

  async function holdBack(work: () => Promise<void>): Promise<void> {
    if (held >= MAX_HELD) return
    held += 1
    await work().finally(() => (held -= 1))
  }

  async function push(push: Push): Promise<PushOutcome> {
    const fault = faults.choose(subjectOf(push))
    const { url } = push.post
    if (fault === null) return answered(await send(push, null))
    switch (fault.kind) {
      case 'drop':
      case 'refuse':
        return pretend(push, fault, 0)
      case 'status':
        return pretend(push, fault, fault.status)
      case 'cut':
        await send(push, fault)
        return answered(0)
      case 'duplicate':
        await send(push, fault)
        return answered(await send(push, fault))
      case 'delay':
        await holdBack(() => holds.wait(fault.delay_ms))
        return answered(await send(push, fault))
      case 'reorder':
        await holdBack(() => holds.hold(url, fault.delay_ms))
        return answered(await send(push, fault))
      default:
        return fault.kind satisfies never
    }
  }

  return { push, close: () => poster.close() }
}

function answered(status: number): PushOutcome {
  return { status, isLost: false }
}

function subjectOf({ service, post, channel, subscription, calendar }: Push): FaultSubject {
  const operation = `${service}.push`
  return { on: 'push', method: 'POST', path: post.url, operation, calendar, channel, subscription, account: '' }
}
