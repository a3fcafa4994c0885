import { render, type Instance } from 'ink'
import type { ActivityItem } from '../../client/activity.ts'
import type { Clock } from '../../core/clock.ts'
import type { Terminal } from '../../core/terminal.ts'
import { App } from './app.tsx'
import { createCanvas } from './canvas.ts'
import { createController, type ScreenActions, type ScreenClient } from './controller.ts'
import type { LogBook } from './log-book.ts'
import { summarize } from './summary.ts'

export interface ScreenOptions {
  readonly terminal: Terminal
  readonly url: string
  /** The page that a person uses; null when this machine cannot open it. */
  readonly inbox: string | null
  readonly sandbox: boolean
  /** What happens in the agent; the screens close when it ends. */
  readonly source: AsyncIterable<ActivityItem>
  readonly client: ScreenClient
  readonly actions: Omit<ScreenActions, 'copy'>
  readonly clock: Clock
  /** Of the agent in this process; null when it runs elsewhere. */
  readonly logBook: LogBook | null
  /** Closes the screens. */
  readonly signal: AbortSignal
}

const ENTER = '\u001b[?1049h\u001b[H\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'

/**
 * Shows the screens until the person leaves them or the signal aborts; resolves with one line about what was seen, and
 * the terminal is as it was before. Rejects when the source fails, or a screen cannot be drawn.
 */
export async function openScreens(options: ScreenOptions): Promise<string> {
  const { terminal, clock, signal } = options
  const { stdin, stdout } = terminal
  const startedAt = clock.monotonic()
  const leaving = new AbortController()
  const left = new Promise<void>(resolve => leaving.signal.addEventListener('abort', () => resolve()))
  const controller = createController({
    ...options,
    own: options.logBook !== null,
    size: { columns: stdout.columns || 80, rows: stdout.rows || 24 },
    actions: { ...options.actions, copy: text => void stdout.write(clipboardSequence(text)) },
    onQuit: quit,
  })
  let app: Instance | null = null
  const giveBack = terminal.take(() => {
    controller.close()
    app?.unmount()
    stdout.write(LEAVE)
  })
  signal.addEventListener('abort', quit, { once: true })
  if (signal.aborted) quit()
  try {
    stdout.write(ENTER)
    app = render(<App controller={controller} now={clock.now} />, {
      stdin,
      stdout: createCanvas(stdout).stdout,
      // Whole frames, one for each change: how often there is one is the controller's to say.
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
    })
    const listening = controller.run().catch((thrown: unknown) => {
      if (!signal.aborted) throw thrown
    })
    await Promise.race([left, listening.then(() => left), app.waitUntilExit()])
  } finally {
    signal.removeEventListener('abort', quit)
    giveBack()
  }
  return summarize(controller.state(), clock.monotonic() - startedAt)

  function quit(): void {
    leaving.abort()
  }
}

/** OSC 52: the terminal puts it on the clipboard of the machine that the person sits at, over SSH as well. */
function clipboardSequence(text: string): string {
  return `\u001b]52;c;${Buffer.from(text).toString('base64')}\u0007`
}
