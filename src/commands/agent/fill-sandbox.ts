import { createHash, randomBytes } from 'node:crypto'
import type { EcClient } from '../../client.ts'
import { readAgentFile } from '../../core/agent-file.ts'
import { EcError } from '../../core/errors.ts'
import type { CommandContext } from '../context.ts'
import type { SandboxFilling } from './own-sandbox.ts'

/** Nothing listens there: who plays the browser reads the code out of the address that it is sent to. */
const REDIRECT_URI = 'http://127.0.0.1:1/'
const PROVIDERS = ['google-calendar', 'gmail'] as const
const SETTINGS = { project: 'sandbox' } as const

/** Signs the people of the sandbox in as a person would, by the agent's own API, and watches all that is theirs. */
export async function fillSandbox(context: CommandContext, filling: SandboxFilling): Promise<void> {
  const { agent, paths, user, people, log } = filling
  const { createClient } = await import('../../client.ts')
  const token = readAgentFile(paths.agent)?.secret ?? null
  const client = createClient({ socket: agent.socket, token, retries: 0, signal: context.signal })
  try {
    for (const person of people) {
      const account = await signIn(client, user, person)
      await setUp(client, account)
      log.info('the sandbox is watched', { resources: await watchAll(client, user, account) })
    }
  } finally {
    client.close()
  }
}

async function setUp({ accounts }: EcClient, account: string): Promise<void> {
  const { steps } = await accounts.setup.check(account, SETTINGS)
  for (const { id, state } of steps) if (state === 'todo') await accounts.setup.do(account, id, SETTINGS)
}

/** How many there are. */
async function watchAll({ accounts, resources }: EcClient, user: string, account: string): Promise<number> {
  const { found } = await accounts.discover(account)
  for (const { provider, target, name } of found) await resources.add({ provider, user, name, account, target })
  return found.length
}

async function signIn(client: EcClient, user: string, person: string): Promise<string> {
  const verifier = randomBytes(48).toString('base64url')
  const common = { family: 'google', providers: PROVIDERS, setup: true, redirect_uri: REDIRECT_URI }
  const { url } = await client.accounts.begin({
    ...common,
    state: randomBytes(16).toString('base64url'),
    challenge: createHash('sha256').update(verifier).digest('base64url'),
    login_hint: person,
  })
  const { id } = await client.accounts.finish({ ...common, user, verifier, code: await consent(url) })
  return id
}

/** The sandbox asks nobody. */
async function consent(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'manual' })
  const location = response.headers.get('location') ?? ''
  const code = URL.canParse(location) ? new URL(location).searchParams.get('code') : null
  if (code === null) throw new EcError('EC_CONSENT_REFUSED', 'the sandbox gave no consent')
  return code
}
