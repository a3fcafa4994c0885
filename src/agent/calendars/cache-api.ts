import type { Cache } from '../../backends/backend.ts'
import type { CacheApi } from '../http/api.ts'
import type { Answers } from './answers.ts'

/** A look into the cache, for the operator. */
export function createCacheApi({ cache, answers }: { readonly cache: Cache; readonly answers: Answers }): CacheApi {
  return {
    list: prefix => cache.list(prefix),
    // Also what is being worked out at this moment is not put in afterwards.
    clear: prefix => answers.clear(prefix),
  }
}
