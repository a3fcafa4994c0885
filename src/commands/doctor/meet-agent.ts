import type { EcClient, StatusReply } from '../../client.ts'
import { readAgentFile } from '../../core/agent-file.ts'
import type { CheckResult } from '../../core/check.ts'
import { isErrno } from '../../core/errno.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { DataPaths } from '../../core/paths.ts'
import type { CommandContext } from '../context.ts'

export type AgentFacts =
  | {
      readonly state: 'answers'
      /** A client whose calls end with the signal. */
      readonly connect: (signal: AbortSignal) => Promise<EcClient>
      readonly status: StatusReply
      /** What only the agent knows. */
      readonly checks: readonly CheckResult[]
    }
  /** Nobody is there. */
  | { readonly state: 'none' }
  /** Somebody or something is, and does not answer as an agent does. */
  | { readonly state: 'silent'; readonly error: EcError }
  /** It was not asked. */
  | { readonly state: 'unknown'; readonly reason: string }

/** Asks the agent how it is. `hangs`: its folder does not answer, and would hold this process up. */
export async function meetAgent(
  context: CommandContext,
  paths: DataPaths | null,
  hangs: boolean,
  signal: AbortSignal,
): Promise<AgentFacts> {
  if (hangs) return { state: 'unknown', reason: 'the disk of the data folder does not answer' }
  try {
    const connect = (stop: AbortSignal) => (paths === null ? context.connect(stop) : connectTo(paths, stop))
    const client = await connect(signal)
    const [status, { checks }] = await Promise.all([client.status(), client.checks()])
    return { state: 'answers', connect, status, checks }
  } catch (thrown) {
    context.signal.throwIfAborted()
    if (signal.aborted)
      return { state: 'silent', error: new EcError('EC_TIMEOUT', 'the agent does not answer in time') }
    const error = toEcError(thrown)
    const nobody = isErrno(error.cause, 'ENOENT') || isErrno(error.cause, 'ECONNREFUSED')
    return nobody && paths !== null ? { state: 'none' } : { state: 'silent', error }
  }
}

/** Not by way of the configuration, which may be what is wrong. */
async function connectTo(paths: DataPaths, signal: AbortSignal): Promise<EcClient> {
  const { createClient } = await import('../../client.ts')
  const { socket, secret } = readAgentFile(paths.agent) ?? { socket: paths.socket, secret: null }
  return createClient({ socket, token: secret, retries: 0, signal })
}
