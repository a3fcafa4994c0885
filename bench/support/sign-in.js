import { createHash, randomBytes } from 'node:crypto'

/** Signs a person in with the agent, as a browser would that is never asked; the account's id. */
export async function signIn(client, person, { user = 'ana', providers = ['google-calendar'] } = {}) {
  const verifier = randomBytes(48).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const setup = providers.includes('gmail')
  const common = { family: 'google', providers, setup, redirect_uri: 'http://127.0.0.1:1/' }
  const { url } = await client.accounts.begin({ ...common, state: 'any', challenge, login_hint: person })
  const { headers } = await fetch(url, { redirect: 'manual' })
  const code = new URL(headers.get('location')).searchParams.get('code')
  const { id } = await client.accounts.finish({ ...common, user, verifier, code })
  return id
}
