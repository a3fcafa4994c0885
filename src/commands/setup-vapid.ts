import type { CommandContext } from './context.ts'

interface SetupInput {
  readonly subject: string
  readonly rotate: boolean | undefined
}

/** The public key alone on stdout, for a page that subscribes. */
export async function setUpVapid(context: CommandContext, { subject, rotate }: SetupInput): Promise<void> {
  const client = await context.connect()
  const key = await client.push.setUp(subject, rotate === true)
  const { output } = context
  if (context.json) return output.document(key)
  output.print(`${key.public_key}\n`)
  output.say(`${key.key_id}: ${key.made ? 'made' : 'there already'}, for ${key.subject}`)
  if (key.made && rotate === true) output.say('devices keep the key that they subscribed with until they come again')
}
