import { AgentApi } from '../../center/agent-api.ts'
import type { CenterOptions } from '../../center/center.ts'
import type { PageClock } from '../../center/page-clock.ts'
import type { AgentPort } from '../context.ts'

/** The agent at `url`, which ends in a slash, as the person whose token or cookie it is. */
export function createAgentPort(url: string, token: CenterOptions['token'], clock: PageClock): AgentPort {
  const api = new AgentApi({ url, token, clock, fetch: (input, init) => fetch(input, init) })
  return {
    call: (method, path, body) => api.call(method, path, body),
    open: (path, signal) => api.open(path, {}, signal),
    health(signal) {
      // To a page of another site this tells that somebody answered, and not what.
      const mode = new URL(url).origin === location.origin ? 'cors' : 'no-cors'
      return fetch(new URL('health', url), { cache: 'no-store', credentials: 'omit', mode, signal })
    },
    openSocket: query => new WebSocket(`${url.replace(/^http/, 'ws')}ws?${query}`, 'ec.v1'),
  }
}
