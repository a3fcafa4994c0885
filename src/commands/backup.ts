import { resolve } from 'node:path'
import type { CommandContext } from './context.ts'

/** Copies the store of the running agent; the path is one of the agent's machine. */
export async function backupStore(context: CommandContext, input: { readonly file: string }): Promise<void> {
  const client = await context.connect()
  const reply = await client.backup(context.remote ? input.file : resolve(context.cwd, input.file))
  if (context.json) context.output.document(reply)
  else context.output.say(`written to ${reply.file}; keep the master key too, secrets cannot be opened without it`)
}
