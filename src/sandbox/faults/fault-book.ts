import type { Random } from '../random.ts'
import { faultSchema, type Fault, type FaultMatch, type FaultSubject } from './fault.ts'

export interface FaultBook {
  /** Throws a ZodError for what is no fault, and a RangeError when there are too many. */
  order(spec: unknown): Fault
  list(): readonly Fault[]
  /** Whether there was one. */
  cancel(id: string): boolean
  clear(): void
  /** The fault that is done to this one; null = none. Counts it. */
  choose(subject: FaultSubject): Fault | null
}

const MAX_FAULTS = 100

export function createFaultBook(random: Random): FaultBook {
  let faults: readonly Fault[] = []
  let made = 0

  function count(fault: Fault): Fault {
    const counted = { ...fault, done: fault.done + 1 }
    const isSpent = fault.times !== null && counted.done >= fault.times
    faults = isSpent ? faults.filter(({ id }) => id !== fault.id) : faults.map(one => (one === fault ? counted : one))
    return counted
  }

  return {
    order(spec) {
      if (faults.length >= MAX_FAULTS) throw new RangeError(`there are ${MAX_FAULTS} faults already: clear some`)
      const fault = { ...faultSchema.parse(spec), id: `fault-${++made}`, done: 0 }
      faults = [...faults, fault]
      return fault
    },
    list: () => faults,
    cancel(id) {
      const before = faults.length
      faults = faults.filter(fault => fault.id !== id)
      return faults.length < before
    },
    clear: () => void (faults = []),
    choose(subject) {
      for (const fault of faults) {
        // Only what fits draws a number, so that a fault elsewhere changes nothing here.
        if (fits(fault.match, subject) && fault.on === subject.on && random.next() < fault.rate) return count(fault)
      }
      return null
    },
  }
}

function fits(match: FaultMatch, subject: FaultSubject): boolean {
  const { method, path, operation, calendar, channel, subscription, account } = match
  return (
    (method === undefined || method.toUpperCase() === subject.method) &&
    (path === undefined || subject.path.includes(path)) &&
    (operation === undefined || fitsOperation(operation, subject.operation)) &&
    (calendar === undefined || calendar === subject.calendar) &&
    (channel === undefined || channel === subject.channel) &&
    (subscription === undefined || subject.subscription.endsWith(subscription)) &&
    (account === undefined || account === subject.account)
  )
}

function fitsOperation(wanted: string, found: string): boolean {
  return wanted.endsWith('*') ? found.startsWith(wanted.slice(0, -1)) : wanted === found
}
