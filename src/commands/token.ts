import type { CommandContext } from './context.ts'

/** The token alone on stdout. */
export async function createToken(
  context: CommandContext,
  input: { readonly user: string; readonly ttl: number | undefined },
): Promise<void> {
  const client = await context.connect()
  const made = await client.tokens.create(input.user, input.ttl)
  if (context.json) context.output.document(made)
  else context.output.print(`${made.token}\n`)
}
