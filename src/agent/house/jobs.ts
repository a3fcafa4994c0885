import type { Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import type { Job } from '../../core/job.ts'
import type { JobApi } from '../http/api.ts'

export function createJobApi(options: {
  readonly store: Pick<Store, 'listJobs' | 'getJob' | 'retryJob' | 'countJobs'>
  readonly clock: Clock
  /** Told that a job is ready. */
  readonly wake: () => void
}): JobApi {
  const { store, clock, wake } = options

  async function get(id: string): Promise<Job> {
    const job = await store.getJob(id)
    if (job) return job
    throw new EcError('EC_NOT_FOUND', 'no such job', { hint: 'list what there is: `ec jobs list`' })
  }

  return {
    list: query => store.listJobs(query),
    get,
    async retry(id) {
      const job = await get(id)
      if (!(await store.retryJob(id, clock.now()))) {
        throw new EcError('EC_CONFLICT', `the job is ${job.state}; only a dead one is tried again`, {
          hint: 'list those: `ec jobs list --state dead`',
        })
      }
      wake()
      return get(id)
    },
    counts: () => store.countJobs(),
  }
}
