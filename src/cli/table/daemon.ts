import { command, type Command } from '../command.ts'
import { TUNNELS } from '../../core/tunnel.ts'
import { choice, fromSetting, off, on, text, texts, whole } from '../flags.ts'

/** The agent itself. */
export const DAEMON_COMMANDS: Readonly<Record<string, Command>> = {
  agent: command({
    summary: 'run the agent',
    description:
      'Serves until it is told to stop; on a terminal it shows the screens of `ec top`. Without a terminal (or with --json) stdout carries one line of NDJSON when it serves and one when it stops, stderr the log as NDJSON.',
    examples: [
      'ec agent',
      'ec agent --port 0 --data-dir ./data',
      'ec agent --public-url https://ec.example.org',
      'ec agent --sandbox',
    ],
    exits: { 0: 'it was asked to stop, and everything in hand was finished' },
    seeAlso: ['status', 'events tail', 'resources add'],
    flags: {
      host: fromSetting('http.host', text('address', 'listen on this address')),
      port: fromSetting('http.port', whole('port', 'listen on this port, 0 for a free one', 0, 65_535)),
      publicUrl: fromSetting('public.url', text('url', 'where the world reaches the public listener')),
      tunnel: choice(TUNNELS, 'start this program to be reached from outside; the address is told by `ec status`'),
      sandbox: on('stand-ins in the place of Google, in a data folder of their own: nothing leaves this machine'),
      sandboxWhenNew: on('the same, as long as nothing is configured and nothing was ever stored'),
      allowEndpoint: texts('url', 'a host beside the services and this machine that tokens may go to; may be repeated'),
      tui: off('plain lines instead of screens'),
      forgetSecrets: on('the master key is lost for good: go on without the secrets that it sealed'),
    },
    load: async () => (await import('../../commands/agent/run-agent.ts')).runAgent,
  }),
  top: command({
    summary: 'watch a running agent',
    description:
      'Screens with what comes in and goes out, the health of what is watched, API calls, and failed jobs. `?` shows the keys, `q` leaves; the agent goes on.',
    examples: ['ec top', 'ec top --data-dir ./data', 'ec top --url https://ec.example.org --token-file ./key'],
    load: async () => (await import('../../commands/top.ts')).runTop,
  }),
}
