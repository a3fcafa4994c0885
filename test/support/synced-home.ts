import { createHash, randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { createClient, type EcClient } from '#ec/client.js'
import { createSystemClock } from '#ec/core/clock.js'
import { startSandbox, type Sandbox } from '#ec/sandbox/start-sandbox.js'
import { browse, CLIENT_ID } from './account-world.ts'
import { makeHome, startAgentProcess, type AgentProcess, type Home } from './cli.ts'
import { freePort } from './free-port.ts'

export interface SyncedHome {
  readonly home: Home
  readonly agent: AgentProcess
  readonly sandbox: Sandbox
  /** The operator's. */
  readonly client: EcClient
  /** Of `ana@example.com`, the user `ana`. */
  readonly account: string
}

const REDIRECT = 'http://127.0.0.1:53682/'

/** A real agent with the sandbox as Google, reachable by it, at which somebody has signed in. */
export async function openSyncedHome(): Promise<SyncedHome> {
  const sandbox = await startSandbox({ clock: createSystemClock() })
  onTestFinished(() => sandbox.close())
  const home = makeHome()
  const port = String(await freePort())
  const env = { ...sandbox.urls.env, EC_GOOGLE_CLIENT_ID: CLIENT_ID, EC_GOOGLE_CLIENT_SECRET: 'the client secret' }
  const agent = await startAgentProcess(home, ['--port', port, '--public-url', `http://127.0.0.1:${port}`], env)
  const client = createClient({ socket: agent.ready.socket })
  onTestFinished(() => client.close())
  return { home, agent, sandbox, client, account: await signIn(client) }
}

async function signIn(client: EcClient): Promise<string> {
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const common = { family: 'google', providers: ['google-calendar'], redirect_uri: REDIRECT }
  const { url } = await client.accounts.begin({ ...common, state: 's', challenge })
  const code = await browse(new URL(url))
  return (await client.accounts.finish({ ...common, user: 'ana', code, verifier })).id
}
