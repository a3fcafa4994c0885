import { existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { arch } from 'node:process'

/** A wall clock that can be set while the agent runs; time itself goes on as it does, so timers are true. */
export interface FalseClock {
  /** For the agent's process. */
  readonly env: Readonly<Record<string, string>>
  /** Sets the clock so many seconds beside the true time. */
  set(offsetS: number): void
}

/** Where distributions keep libfaketime. */
const PLACES = [
  `/usr/lib/${arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`,
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
]
const LIBRARY = PLACES.map(place => join(place, 'faketime', 'libfaketimeMT.so.1')).find(existsSync)

export function whyNoFalseClock(): string | null {
  return LIBRARY === undefined ? 'libfaketime is not installed' : null
}

export function createFalseClock(file: string): FalseClock {
  if (LIBRARY === undefined) throw new Error('libfaketime is not installed')
  if (!existsSync(dirname(file))) throw new Error(`${dirname(file)} is not there`)
  set(0)
  return {
    env: {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      // Node hangs when the monotonic clock steps back, and no real one does.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
  }

  function set(offsetS: number): void {
    writeFileSync(file, `${offsetS < 0 ? '' : '+'}${offsetS}\n`)
  }
}
