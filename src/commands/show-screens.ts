import type { LogBook } from '../agent/tui/log-book.ts'
import type { EcClient } from '../client.ts'
import { joinSignals } from '../core/join-signals.ts'
import type { Terminal } from '../core/terminal.ts'
import { saveFixture } from './capture/save-fixture.ts'
import type { CommandContext } from './context.ts'
import { replayStored } from './replay/replay-stored.ts'

interface Shown {
  readonly context: CommandContext
  readonly client: EcClient
  readonly terminal: Terminal
  readonly url: string
  /** The page that a person uses; null when this machine cannot open it. */
  readonly inbox: string | null
  /** Whether the agent's providers are stand-ins. */
  readonly sandbox: boolean
  /** Closes the screens. */
  readonly signal: AbortSignal
  /** Of the agent in this process; null when it runs elsewhere. */
  readonly logBook: LogBook | null
}

/** The screens, with the work of other commands behind their keys; resolves with a line about what was seen. */
export async function showScreens(shown: Shown): Promise<string> {
  const { openScreens } = await import('../agent/tui/open-screens.tsx')
  const { context, client, terminal, url, inbox, sandbox, signal, logBook } = shown
  const { clock, cwd } = context
  const closed = new AbortController()
  const { signal: stop, release } = joinSignals([signal, closed.signal])
  try {
    return await openScreens({
      terminal,
      url,
      inbox,
      sandbox,
      client,
      clock,
      signal,
      logBook,
      source: client.activity({ signal: stop }),
      actions: {
        replay: (id, again) => replayStored({ client, clock, signal, url: context.url }, id, again),
        capture: id => saveFixture(client, id, cwd),
        async signIn() {
          const { user } = (await context.config()).config
          return { user, ...(await client.sessions.link(user)) }
        },
      },
    })
  } finally {
    closed.abort()
    release()
  }
}
