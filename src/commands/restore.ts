import { resolve } from 'node:path'
import type { CommandContext } from './context.ts'

/** Puts a backup in the place of the running agent's store; what was there is kept beside it. */
export async function restoreStore(
  context: CommandContext,
  input: { readonly file: string; readonly yes: boolean | undefined },
): Promise<void> {
  const { output } = context
  const question = 'Put the backup in the place of the present store? What is there now is kept beside it.'
  if (input.yes !== true && !(await output.confirm(question))) return output.say('nothing was restored')
  const client = await context.connect()
  const reply = await client.restore(context.remote ? input.file : resolve(context.cwd, input.file))
  if (context.json) output.document(reply)
  else output.say(`restored; the store that was there is kept at ${reply.kept}`)
}
