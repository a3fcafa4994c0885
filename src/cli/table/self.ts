import { command, type Command } from '../command.ts'
import { oneOf } from '../flags.ts'
import { SHELLS } from '../../core/shells.ts'

/** The command line itself. */
export const SELF_COMMANDS: Readonly<Record<string, Command>> = {
  completion: command({
    summary: 'print a script that completes ec in a shell',
    description:
      'Completes commands, flags and their values; ids, users and types are asked of the agent of this machine. ' +
      'Nothing is installed: one of the lines above does that, and a new shell then knows it.',
    examples: [
      'ec completion bash > ~/.local/share/bash-completion/completions/ec',
      'ec completion zsh > "${fpath[1]}/_ec"',
      'ec completion fish > ~/.config/fish/completions/ec.fish',
      'ec completion powershell >> $PROFILE',
    ],
    args: { shell: oneOf(SHELLS, 'which shell') },
    load: async () => (await import('../../commands/completion/print-script.ts')).printScript,
  }),
}
