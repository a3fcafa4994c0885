import type { Clock } from '../../core/clock.ts'
import { ApiError, forbidden } from '../http/api-error.ts'
import type { WireRequest } from '../http/wire.ts'
import type { Manners } from '../manners.ts'
import type { Grants } from './grants.ts'

export type Api = 'calendar' | 'gmail' | 'pubsub'

/** Who may come in: a good token, an API that is switched on, a scope that suffices, and a quota that is not used up. */
export interface Gate {
  /** The account that asks; throws what the real service would say. Any of the scopes suffices. */
  enter(request: WireRequest, api: Api, scopes: readonly string[]): string
  /** Many writes to one calendar in a short time are refused for that calendar alone. */
  countWrite(calendar: string): void
}

const MINUTE_MS = 60_000
const MAX_METERS = 2_000
export const SCOPE_ROOT = 'https://www.googleapis.com/auth/'

export function createGate(clock: Clock, grants: Grants, manners: () => Manners): Gate {
  /** The instants of the last minute's requests. */
  const meters = new Map<string, number[]>()

  function take(name: string, limit: number): boolean {
    const now = clock.monotonic()
    const recent = (meters.get(name) ?? []).filter(at => at > now - MINUTE_MS)
    const isFree = recent.length < limit
    if (isFree) recent.push(now)
    meters.delete(name)
    meters.set(name, recent)
    for (const oldest of meters.keys()) {
      if (meters.size <= MAX_METERS) break
      meters.delete(oldest)
    }
    return isFree
  }

  function refuse(reason: string, message: string): ApiError {
    const status = manners().quota_refusal
    return new ApiError(status, { reason, message, domain: 'usageLimits', rpc: 'RESOURCE_EXHAUSTED' })
  }

  return {
    enter(request, api, scopes) {
      const { account, scopes: granted } = grants.require(request.headers['authorization'])
      const { disabled_apis, quota_user_per_minute, quota_project_per_minute } = manners()
      if (disabled_apis.includes(api)) {
        const { title, service } = APIS[api]
        const page = `https://console.developers.google.com/apis/api/${service}/overview?project=${PROJECT}`
        const message =
          `${title} API has not been used in project ${PROJECT} before or it is disabled. Enable it by visiting ${page} ` +
          'then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.'
        throw forbidden(message, 'accessNotConfigured')
      }
      if (!scopes.some(scope => granted.includes(scope.startsWith('https:') ? scope : SCOPE_ROOT + scope))) {
        throw forbidden('Request had insufficient authentication scopes.', 'insufficientPermissions')
      }
      if (!take(`${api}:user:${account}`, quota_user_per_minute)) {
        throw refuse('userRateLimitExceeded', 'User Rate Limit Exceeded')
      }
      if (!take(`${api}:project`, quota_project_per_minute)) {
        throw refuse('rateLimitExceeded', 'Rate Limit Exceeded')
      }
      return account
    },
    countWrite(calendar) {
      if (take(`write:${calendar}`, manners().quota_calendar_writes_per_minute)) return
      throw refuse('quotaExceeded', 'Calendar usage limits exceeded.')
    },
  }
}

const PROJECT = '100000000001'

const APIS = {
  calendar: { title: 'Google Calendar', service: 'calendar-json.googleapis.com' },
  gmail: { title: 'Gmail', service: 'gmail.googleapis.com' },
  pubsub: { title: 'Cloud Pub/Sub', service: 'pubsub.googleapis.com' },
} as const satisfies Record<Api, { readonly title: string; readonly service: string }>
