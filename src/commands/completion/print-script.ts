import { readFileSync } from 'node:fs'
import type { Shell } from '../../core/shells.ts'
import type { CommandContext } from '../context.ts'

/**
 * Prints the script of a shell; whether and where it is installed is for its reader to say. Those of bash and zsh are our
 * own: the ones of `@bomb.sh/tab` 0.0.22 give what was typed to `eval` (bash) or split it at blanks (zsh).
 */
export async function printScript({ output }: CommandContext, { shell }: { readonly shell: Shell }): Promise<void> {
  switch (shell) {
    case 'bash':
    case 'zsh':
      return output.print(readFileSync(new URL(`ec.${shell}`, import.meta.url), 'utf8'))
    case 'fish':
    case 'powershell':
      // It writes to stdout itself, and has no other way to give the text.
      return (await import('@bomb.sh/tab')).script(shell, 'ec', 'ec')
    default:
      return shell satisfies never
  }
}
