import { spawnAgent, type AgentProcess, type AgentProcessOptions, type Ready } from '../support/agent-process.ts'

/**
 * An agent that keeps being killed and started again on the same folder. Whoever talks to it asks `up` for its present
 * address, and asks again when the connection breaks.
 */
export class KilledAgent {
  readonly #options: AgentProcessOptions
  #process: AgentProcess | null = null
  #ready: Ready | null = null
  readonly #waiters: ((ready: Ready) => void)[] = []

  constructor(options: AgentProcessOptions) {
    this.#options = options
  }

  /** Spawns it; `ready` of what comes back resolves when it serves. */
  spawn(): AgentProcess {
    const agent = spawnAgent(this.#options)
    this.#process = agent
    void this.#announce(agent)
    return agent
  }

  /** The agent that serves, or the next that will. */
  up(): Promise<Ready> {
    if (this.#ready !== null) return Promise.resolve(this.#ready)
    return new Promise(resolve => this.#waiters.push(resolve))
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const agent = this.#process
    this.#process = null
    this.#ready = null
    await agent?.kill(signal)
  }

  async #announce(agent: AgentProcess): Promise<void> {
    const ready = await agent.ready.catch(() => null)
    if (ready === null || this.#process !== agent) return
    this.#ready = ready
    for (const resolve of this.#waiters.splice(0)) resolve(ready)
  }
}
