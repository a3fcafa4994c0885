import { availableParallelism } from 'node:os'
import type { Log } from '../../../core/log.ts'
import type { PushAnswer } from './answer.ts'
import { CarrierHand, type CarrierHandOptions } from './carrier-hand.ts'
import { createDirectCarrier } from './direct-carrier.ts'
import type { Letter, PushCarrier } from './letter.ts'
import type { PushSenderOptions } from './push-sender.ts'

export interface PushCarrierOptions extends PushSenderOptions {
  readonly log: Log
  /** Cores of the machine; with a single one a thread only adds work. */
  readonly cores?: number
  /** The threads' file; another one only in tests. */
  readonly thread?: URL
}

/** A second thread carries what comes while the first is busy with so many. */
const BUSY = 16
/** What a message costs is encryption and HTTP/2, two thirds of a core for two thousand a second. */
const THREADS = 2
/** HTTP/2 connections of one thread to one push service: with both threads there are as many as without. */
const SESSIONS_OF_ONE = 1

/**
 * Encrypts and sends in threads of its own, so that a burst of messages takes nothing from whoever is answered meanwhile.
 * The threads start when they are needed. When one ends by itself, the rest is done right here, only more slowly.
 */
export function createPushCarrier(options: PushCarrierOptions): PushCarrier {
  const { log, cores = availableParallelism() } = options
  const url = options.thread ?? new URL('./carrier-thread.js', import.meta.url)
  const here = createDirectCarrier(options)
  const hands: CarrierHand[] = []
  let isAlone = cores < 2
  let isClosed = false

  function handOptions(): CarrierHandOptions {
    const { clock, lookup, record, ca = null, deadlineMs = null } = options
    const setup = { ca, deadlineMs, maxSessions: SESSIONS_OF_ONE }
    return { url, setup, clock, lookup, record, log, instead: (letter, signal) => here.carry(letter, signal), onEnd }
  }

  function onEnd(): void {
    isAlone = true
  }

  /** The first that is not busy; once all are there, the one that has least to do. */
  function choose(): CarrierHand {
    const free = hands.find(hand => hand.load < BUSY)
    if (free !== undefined) return free
    if (hands.length < THREADS) {
      const made = new CarrierHand(handOptions())
      hands.push(made)
      return made
    }
    return hands.reduce((least, hand) => (hand.load < least.load ? hand : least))
  }

  return {
    carry(letter: Letter, signal: AbortSignal): Promise<PushAnswer> {
      return isAlone || isClosed ? here.carry(letter, signal) : choose().carry(letter, signal)
    },
    async close() {
      isClosed = true
      await Promise.all([here.close(), ...hands.map(hand => hand.close())])
    },
  }
}
