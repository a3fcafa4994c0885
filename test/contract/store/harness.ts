import type { Store } from '#ec/backends/store.js'
import type { FakeClock } from '../../support/fake-clock.ts'

/** A store under test, with what a backend must be able to go through. */
export interface StoreUnderTest {
  /** The store as it is open now. */
  readonly store: Store
  readonly clock: FakeClock
  /** A folder for files of the test. */
  readonly dir: string
  /** Stops and starts. */
  reopen(): Promise<void>
  /** Starts again from what a crash at this moment would leave. Nothing may be under way. */
  crash(): Promise<void>
  /** All that lies on the disk, to search it for what must not be there. */
  rawBytes(): Buffer
}

/** Opens an empty store for one test; it goes with it. */
export type OpenStore = () => Promise<StoreUnderTest>

/** The rejection's code; fails when there is none. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
    throw error
  }
  throw new Error('it did not fail')
}
