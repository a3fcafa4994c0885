import { toEcError } from '../../core/errors.ts'
import type { ScreenClient } from './controller.ts'
import type { Action } from './reduce.ts'
import type { Asked, Tab } from './state.ts'

/** As many as one page holds. */
const MAX_RESOURCES = 1000
const MAX_JOBS = 200
const CALLS_SPAN = '24h'

/** Asks the agent for what a tab shows; null for a tab that asks nothing. Never rejects: a failure is an answer. */
export function askTab(client: ScreenClient, tab: Tab): Promise<Action> | null {
  switch (tab) {
    case 'health':
      return askHealth(client)
    case 'calls':
      return askCalls(client)
    case 'jobs':
      return askJobs(client)
    case 'events':
    case 'log':
      return null
    default:
      return tab satisfies never
  }
}

async function askHealth(client: ScreenClient): Promise<Action> {
  const asked = await ask(async () => {
    const [{ resources }, status, { sync }] = await Promise.all([
      resourcesOf(client),
      client.status(),
      client.calls(CALLS_SPAN),
    ])
    return { resources, status, reads: sync.resources }
  })
  return { type: 'health', asked }
}

async function askCalls(client: ScreenClient): Promise<Action> {
  return { type: 'calls', asked: await ask(() => client.calls(CALLS_SPAN)) }
}

async function askJobs(client: ScreenClient): Promise<Action> {
  const asked = await ask(async () => {
    const { jobs } = await client.jobs.list({ state: 'dead', limit: MAX_JOBS })
    return jobs.toReversed()
  })
  return { type: 'jobs', asked }
}

function resourcesOf(client: ScreenClient): ReturnType<ScreenClient['resources']['list']> {
  return client.resources.list({ limit: MAX_RESOURCES })
}

async function ask<Value>(read: () => Promise<Value>): Promise<Asked<Value>> {
  try {
    return { value: await read(), error: null }
  } catch (thrown) {
    return { value: null, error: toEcError(thrown).message }
  }
}
