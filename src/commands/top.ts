import { EcError } from '../core/errors.ts'
import type { CommandContext } from './context.ts'
import { showScreens } from './show-screens.ts'

/** Shows the screens of an agent that runs; leaving them leaves it alone. */
export async function runTop(context: CommandContext): Promise<void> {
  const { json, output, signal } = context
  const { terminal, why } = json ? { terminal: null, why: '--json asks for data' } : output.openTerminal()
  if (terminal === null) {
    throw new EcError('EC_USAGE', `\`ec top\` fills a terminal with screens: ${why}`, {
      hint: 'for data use `ec status --json` and `ec events tail --json`',
    })
  }
  const client = await context.connect()
  // An agent that is away, or a key without rights, is told before the screen is taken.
  const { url, inbox, sandbox } = await client.status()
  const summary = await showScreens({
    context,
    client,
    terminal,
    url: context.url ?? url,
    // Of an agent elsewhere its private address is none that this machine could open.
    sandbox,
    inbox: context.remote && inbox === `${url}/inbox` ? null : inbox,
    signal,
    logBook: null,
  })
  output.print(`${summary}\n`)
  signal.throwIfAborted()
}
