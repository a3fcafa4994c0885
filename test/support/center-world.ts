import { openAgent, type TestAgent } from './agent.js'
import { openProxy, type AgentProxy } from './agent-proxy.js'
import { userToken } from './user-token.js'

/** An agent, what stands before it, and somebody with an inbox there. */
export interface CenterWorld {
  readonly agent: TestAgent
  readonly proxy: AgentProxy
  /** Of `ann`. */
  readonly token: string
  readonly emit: (id: string, fields?: object) => Promise<unknown>
}

export async function openCenterWorld(): Promise<CenterWorld> {
  const agent = await openAgent()
  const proxy = await openProxy(agent.url)
  const token = await userToken(agent, 'ann')
  const emit = (id: string, fields: object = {}) =>
    agent.client.emit({ user_id: 'ann', type: 'task.created', title: id, body: '', id, ...fields })
  return { agent, proxy, token, emit }
}
