import { z } from 'zod'
import type { Store } from '../../backends/store.ts'
import { EcError } from '../../core/errors.ts'
import type { OAuthClient, Tokens } from '../../providers/provider.ts'

/** What speaks for an account; it stands sealed in the store and is shown to nobody. */
export interface AccountCredential {
  /** By which it signed in: its tokens are good with that one alone. */
  readonly client: OAuthClient
  readonly tokens: Tokens & { readonly refreshToken: string }
  /** Who gets new tokens at this moment, and until when at the latest. */
  readonly lease?: { readonly by: string; readonly until: number } | undefined
}

/** A credential with the text that it was read from, by which it is replaced (compare-and-set). */
export interface HeldCredential extends AccountCredential {
  readonly text: string
}

const credentialSchema = z.object({
  client: z.object({ id: z.string(), secret: z.string().nullable() }),
  tokens: z.object({ accessToken: z.string(), expiresAt: z.number(), refreshToken: z.string() }),
  lease: z.object({ by: z.string(), until: z.number() }).optional(),
})

type CredentialStore = Pick<Store, 'getCredential' | 'putCredential'>

/** Null when the account has none. */
export async function readCredential(store: CredentialStore, accountId: string): Promise<HeldCredential | null> {
  const text = await store.getCredential(nameOf(accountId))
  return text === null ? null : parse(text)
}

/** What is stored now; null when it was replaced since `before` was read, and then nothing happened. */
export async function replaceCredential(
  store: CredentialStore,
  accountId: string,
  next: AccountCredential,
  before: HeldCredential | null,
): Promise<HeldCredential | null> {
  const { client, tokens, lease } = next
  const text = JSON.stringify({ client, tokens, lease })
  const isKept = await store.putCredential(nameOf(accountId), text, before?.text ?? null)
  return isKept ? { client, tokens, lease, text } : null
}

function parse(text: string): HeldCredential {
  const read = credentialSchema.safeParse(JSON.parse(text))
  // Whatever zod found would show a part of it.
  if (!read.success) throw new EcError('EC_INTERNAL', 'a stored credential is not of the form that it is written in')
  return { ...read.data, text }
}

function nameOf(accountId: string): string {
  return `account:${accountId}`
}
