import type { ChildProcess } from 'node:child_process'
import { closeSync, fstatSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { OutputStream, Streams } from '../context.ts'
import { openPipes, type Pipe } from './open-pipes.ts'

export interface Outlet {
  readonly name: 'stdout' | 'stderr'
  readonly source: Readable
  readonly target: OutputStream
}

/** Where a program writes to. */
export interface Outlets {
  /** For `spawn`. */
  readonly stdout: Way
  readonly stderr: Way
  /** Once it is started, or with null could not be: what is to be passed through. */
  attach(child: ChildProcess | null): readonly Outlet[]
}

type Way = 'inherit' | 'pipe' | number

/**
 * What is a terminal is left to the program, unless `pipe`; everything else is read. Two that go to the same file, as with
 * `2>&1`, are one pipe, so that their lines stay in order.
 */
export function openOutlets({ stdout, stderr }: Streams, pipe: boolean): Outlets {
  const [readsOut, readsErr] = [stdout, stderr].map(stream => pipe || stream.isTTY !== true)
  const isOne = readsOut === true && readsErr === true && isSameFile(stdout.fd, stderr.fd)
  const count = isOne ? 1 : Number(readsOut) + Number(readsErr)
  const pipes = openPipes(count)
  if (pipes === null) {
    return {
      stdout: readsOut === true ? 'pipe' : 'inherit',
      stderr: readsErr === true ? 'pipe' : 'inherit',
      attach: child => [...outlet('stdout', child?.stdout, stdout), ...outlet('stderr', child?.stderr, stderr)],
    }
  }
  const out = readsOut === true ? pipes[0] : undefined
  const own = readsErr === true && !isOne ? pipes[count - 1] : undefined
  const err = isOne ? out : own
  return { stdout: out?.writeEnd ?? 'inherit', stderr: err?.writeEnd ?? 'inherit', attach }

  function attach(child: ChildProcess | null): readonly Outlet[] {
    for (const { writeEnd } of pipes ?? []) closeSync(writeEnd)
    if (child !== null) return [...outlet('stdout', out?.readEnd, stdout), ...outlet('stderr', own?.readEnd, stderr)]
    for (const { readEnd } of pipes ?? []) readEnd.destroy()
    return []
  }
}

function outlet(name: Outlet['name'], source: Pipe['readEnd'] | Readable | null | undefined, target: OutputStream) {
  return source === null || source === undefined ? [] : [{ name, source, target }]
}

function isSameFile(a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined) return false
  try {
    const [left, right] = [fstatSync(a), fstatSync(b)]
    return left.dev === right.dev && left.ino === right.ino
  } catch {
    return false
  }
}
