import { fileURLToPath } from 'node:url'
import { EcError } from '../core/errors.ts'
import type { Backend, BackendContext } from './backend.ts'

/**
 * Opens the backend that a URL names: `file:///path/ec.db` is the embedded one (`?batch=1` commits each write by
 * itself, for benchmarks). Nothing of a backend loads before it is
 * asked for.
 */
export async function openBackend(url: string, ctx: BackendContext): Promise<Backend> {
  const { protocol, searchParams } = new URL(url)
  if (protocol === 'file:') return openEmbedded(fileURLToPath(url), Number(searchParams.get('batch')) || undefined, ctx)
  throw new EcError('EC_CONFIG_INVALID', `no backend for ${protocol}//`, { hint: 'leave database_url out for SQLite' })
}

/** SQLite for facts, this process for work, cache and bus. */
async function openEmbedded(file: string, maxBatch: number | undefined, ctx: BackendContext): Promise<Backend> {
  const [{ openSqliteStore }, { checkStore }, { createMemoryQueue }, { createMemoryCache }, { createMemoryBus }] =
    await Promise.all([
      import('./sqlite/store.ts'),
      import('./sqlite/checks.ts'),
      import('./memory/queue.ts'),
      import('./memory/cache.ts'),
      import('./memory/bus.ts'),
    ])
  const { clock, log, seal } = ctx
  const batch = maxBatch === undefined ? {} : { maxBatch }
  const store = await openSqliteStore({ file, clock, log, seal, replacing: () => queue.suspend(), ...batch })
  const queue = createMemoryQueue({ store, clock, log, busy: () => store.pressure() > BUSY_UNITS })
  return {
    store,
    queue,
    cache: createMemoryCache(clock),
    bus: createMemoryBus(log),
    isStill: () => store.isStill() && queue.isStill(),
    checks: () => checkStore({ ...store, file, clock }),
    close: async () => {
      await queue.stop(0)
      await store.close()
    },
  }
}

/** With more senders than this waiting for their answers together, receiving goes before processing. */
const BUSY_UNITS = 16
