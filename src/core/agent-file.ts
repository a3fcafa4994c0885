import { readTextIfAny, writePrivateFile } from './private-file.ts'
import { EcError } from './errors.ts'

/** What a running agent says of itself in `agent.json` of its data folder. */
export interface AgentFile {
  readonly url: string
  readonly socket: string
  readonly version: string
  readonly pid: number
  /** What a client shows on the socket where file rights do not guard it (Windows pipes); null elsewhere. */
  readonly secret: string | null
}

export function writeAgentFile(path: string, agent: AgentFile): void {
  writePrivateFile(path, `${JSON.stringify(agent)}\n`)
}

/** Null when no agent has written one. It outlives an agent that was killed. */
export function readAgentFile(path: string): AgentFile | null {
  const text = readTextIfAny(path)
  if (text === null) return null
  try {
    const { url, socket, version, pid, secret }: Record<keyof AgentFile, unknown> = JSON.parse(text)
    const texts = typeof url === 'string' && typeof socket === 'string' && typeof version === 'string'
    if (texts && typeof pid === 'number') {
      return { url, socket, version, pid, secret: typeof secret === 'string' ? secret : null }
    }
  } catch {
    // falls through to the same refusal
  }
  throw new EcError('EC_FILE', `${path} is damaged`, { hint: 'stop the agent, remove the file, start it again' })
}
