import type { CommandContext } from './context.ts'

/** The token alone on stdout; with `link` the link alone. */
export async function createToken(
  context: CommandContext,
  input: { readonly user: string; readonly ttl: number | undefined; readonly link: boolean | undefined },
): Promise<void> {
  const client = await context.connect()
  const { json, output } = context
  if (input.link === true) {
    const made = await client.sessions.link(input.user, input.ttl)
    return json ? output.document(made) : output.print(`${made.url}\n`)
  }
  const made = await client.tokens.create(input.user, input.ttl)
  if (json) output.document(made)
  else output.print(`${made.token}\n`)
}
