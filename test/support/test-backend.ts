import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Backend } from '#ec/backends/backend.js'
import { openBackend } from '#ec/backends/index.js'
import type { Clock } from '#ec/core/clock.js'
import { createIds } from '#ec/core/ids.js'
import { silentLog } from '#ec/core/log.js'
import { createSeal } from '#ec/core/seal.js'
import { tempDir } from './temp-dir.js'

/** The embedded backend on an empty store that goes with the test. */
export async function openTestBackend(clock: Clock): Promise<Backend> {
  const url = pathToFileURL(join(tempDir(), 'ec.db')).href
  const ids = createIds(clock, randomBytes)
  const seal = createSeal(randomBytes(32))
  const backend = await openBackend(url, { clock, ids, log: silentLog, seal, random: Math.random })
  onTestFinished(() => backend.close())
  return backend
}
