import { randomBytes } from 'node:crypto'
import type { AccountRow, EcClient } from '../../client.ts'
import { EcError } from '../../core/errors.ts'
import { openLoopback } from '../../core/oauth-loopback.ts'
import { openBrowser } from '../../core/open-browser.ts'
import { makePkce } from '../../core/pkce.ts'
import { readConsent } from '../../core/read-consent.ts'
import type { CommandContext } from '../context.ts'
import type { GivenClient } from './client-file.ts'

export interface SignInWish {
  readonly user: string
  readonly providers: readonly string[]
  /** Also what setting up needs. */
  readonly setup: boolean
  /** Null = the client of the agent's configuration, or the one that it signed in with before. */
  readonly client: GivenClient | null
  readonly address: string | null
  /** The browser is on another machine. */
  readonly paste: boolean
}

/** Where the browser ends when it is on another machine: nothing answers there, and the address shows the code. */
const NOWHERE = 'http://127.0.0.1:53682/'
const TRIES = 3

/** Signs an account in, with the person's browser. */
export async function signInGoogle(context: CommandContext, ec: EcClient, wish: SignInWish): Promise<AccountRow> {
  const { verifier, challenge } = makePkce(randomBytes)
  const state = randomBytes(24).toString('base64url')
  const { client, providers, setup, address, user } = wish
  const common = { family: 'google', providers, setup, client_id: client?.id ?? null }
  const registered = client?.registered ?? null
  let clientId = common.client_id

  async function begin(redirectUri: string): Promise<string> {
    const begun = await ec.accounts.begin({
      ...common,
      redirect_uri: redirectUri,
      state,
      challenge,
      login_hint: address,
    })
    clientId = begun.client_id
    return begun.url
  }

  function finish(code: string, redirectUri: string): Promise<AccountRow> {
    const end = { user, client_secret: client?.secret ?? null, code, verifier, redirect_uri: redirectUri }
    return ec.accounts.finish({ ...common, client_id: clientId, ...end })
  }

  if (wish.paste) {
    const redirectUri = registered?.href ?? NOWHERE
    tellPage(context, await begin(redirectUri), 'on any machine')
    return finish(await askForAddress(context, state), redirectUri)
  }
  const loopback = await openLoopback({ state, registered, signal: context.signal })
  try {
    const url = await begin(loopback.redirectUri)
    tellPage(context, url, 'on this machine')
    openBrowser(url, context.env, process.platform)
    return await finish(await loopback.code, loopback.redirectUri)
  } finally {
    loopback.close()
  }
}

/** On stderr, also when it is to be quiet: without it nobody can go on. */
function tellPage({ output }: CommandContext, url: string, where: string): void {
  output.tell(`open this page in a browser ${where}, and allow what it asks for:\n\n  ${url}\n`)
}

async function askForAddress({ output }: CommandContext, state: string): Promise<string> {
  output.tell('the browser ends at a page that cannot be shown: copy the address of it')
  for (let turn = 1; turn <= TRIES; turn++) {
    const line = await output.ask('address:')
    if (line === null) break
    const text = line.trim()
    const code = URL.canParse(text) ? readConsent(new URL(text), state) : null
    if (code !== null) return code
    output.tell('that is not the address of this sign-in; it begins with http://127.0.0.1')
  }
  throw new EcError('EC_USAGE', 'no address was given that the sign-in could end with', {
    hint: 'run it again, and paste the whole address that the browser ended at',
  })
}
