import { EcError } from '../../core/errors.ts'
import { isRecord, peekString, type JsonRecord } from '../../core/peek.ts'
import type { CommandContext } from '../context.ts'
import { readSandboxUrl } from './sandbox-file.ts'

/** Asks the control of a running sandbox. */
export interface SandboxClient {
  get(path: string): Promise<JsonRecord>
  send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: JsonRecord): Promise<JsonRecord>
}

const HINT = 'start one with `ec sandbox`, or name it with --url'

/** The one at `--url`, else the one that runs on this data folder; `EC_AGENT_UNREACHABLE` when there is none. */
export async function connectSandbox(context: CommandContext): Promise<SandboxClient> {
  const url = ownUrl(context) ?? readSandboxUrl(await context.dataDir())
  if (url === null) {
    throw new EcError('EC_AGENT_UNREACHABLE', 'no sandbox runs on this data folder', { hint: HINT })
  }
  return {
    get: path => ask(context, url, 'GET', path),
    send: (method, path, body) => ask(context, url, method, path, body ?? {}),
  }
}

/** `EC_URL` names an agent, never a sandbox. */
function ownUrl({ url, env }: CommandContext): string | null {
  return url === env['EC_URL']?.replace(/\/+$/, '') ? null : url
}

async function ask(
  { signal }: CommandContext,
  url: string,
  method: string,
  path: string,
  body?: JsonRecord,
): Promise<JsonRecord> {
  const content =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  let response: Response
  try {
    response = await fetch(`${url}/_sandbox${path}`, { method, signal, ...content })
  } catch (cause) {
    if (signal.aborted) throw cause
    throw new EcError('EC_AGENT_UNREACHABLE', `no sandbox answers at ${url}`, { hint: HINT, cause })
  }
  const answer: unknown = await response.json().catch(() => null)
  if (response.ok && isRecord(answer)) return answer
  const said = peekString(answer, 'error', 'message')
  if (said === '') throw new EcError('EC_AGENT_UNREACHABLE', `what answers at ${url} is no sandbox`, { hint: HINT })
  if (response.status === 404) throw new EcError('EC_NOT_FOUND', said, { hint: 'see `ec sandbox state`' })
  throw new EcError('EC_PROVIDER', `the sandbox refuses: ${said}`, { hint: 'mend what is named' })
}
