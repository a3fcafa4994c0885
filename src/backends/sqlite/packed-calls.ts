import type { UnitCall } from './store-file.ts'
import { UNITS, type UnitName } from './units/index.ts'

/** Calls on their way to the writer's thread: of each its name, how many arguments it has, and these. */
export interface PackedCalls {
  readonly cells: readonly unknown[]
  /** What changes hands instead of being copied. */
  readonly handedOver: readonly ArrayBuffer[]
}

/**
 * A batch of calls as one flat list: it crosses at a third of what a list of objects with lists in them costs, and a
 * batch under load has a thousand values. Bytes among the arguments travel together in a buffer that changes hands: by
 * itself each would be copied three times, and whatever else its buffer holds along with it.
 */
export function packCalls(calls: readonly UnitCall[]): PackedCalls {
  const cells: unknown[] = []
  const space = Buffer.allocUnsafeSlow(countBytes(calls))
  let at = 0
  for (const { name, args } of calls) {
    cells.push(name, args.length)
    for (const arg of args) {
      if (!(arg instanceof Uint8Array)) cells.push(arg)
      else {
        space.set(arg, at)
        cells.push(space.subarray(at, (at += arg.byteLength)))
      }
    }
  }
  return { cells, handedOver: space.byteLength === 0 ? [] : [space.buffer] }
}

export function unpackCalls(cells: readonly unknown[]): readonly UnitCall[] {
  const calls: UnitCall[] = []
  for (let i = 0; i < cells.length;) {
    const [name, count] = [cells[i], cells[i + 1]]
    if (!isUnitName(name) || typeof count !== 'number') throw new Error('this is no list of calls')
    calls.push({ name, args: cells.slice(i + 2, i + 2 + count) })
    i += 2 + count
  }
  return calls
}

function countBytes(calls: readonly UnitCall[]): number {
  let bytes = 0
  for (const { args } of calls) for (const arg of args) if (arg instanceof Uint8Array) bytes += arg.byteLength
  return bytes
}

function isUnitName(name: unknown): name is UnitName {
  return typeof name === 'string' && Object.hasOwn(UNITS, name)
}
