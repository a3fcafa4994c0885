import { spawnAgent, type AgentProcess, type AgentProcessOptions, type Ready } from '../support/agent-process.ts'

interface Waiter {
  readonly resolve: (ready: Ready) => void
  readonly reject: (error: unknown) => void
}

/**
 * An agent that keeps being killed and started again on the same folder. Whoever talks to it asks `up` for its present
 * address, and asks again when the connection breaks.
 */
export class KilledAgent {
  readonly #options: AgentProcessOptions
  readonly #waiters: Waiter[] = []
  readonly #killed = new WeakSet<AgentProcess>()
  #process: AgentProcess | null = null
  #ready: Ready | null = null
  /** Why it ended though nobody had killed it. */
  #failure: unknown = null

  constructor(options: AgentProcessOptions) {
    this.#options = options
  }

  /** Spawns it; `ready` of what comes back resolves when it serves. */
  spawn(): AgentProcess {
    const agent = spawnAgent(this.#options)
    this.#process = agent
    void this.#watch(agent)
    return agent
  }

  /** The agent that serves, or the next that will. Rejects when one has failed to start. */
  up(): Promise<Ready> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    if (this.#ready !== null) return Promise.resolve(this.#ready)
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  /** May be called again while it is ending, with a harder signal. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const agent = this.#process
    this.#ready = null
    if (agent === null) return
    this.#killed.add(agent)
    await agent.kill(signal)
  }

  async #watch(agent: AgentProcess): Promise<void> {
    try {
      const ready = await agent.ready
      if (this.#killed.has(agent)) return
      this.#ready = ready
      for (const { resolve } of this.#waiters.splice(0)) resolve(ready)
    } catch (error) {
      if (this.#killed.has(agent)) return
      this.#failure = error
      for (const { reject } of this.#waiters.splice(0)) reject(error)
    }
  }
}
