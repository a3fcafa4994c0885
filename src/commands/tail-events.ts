import type { EcError } from '../core/errors.ts'
import type { StreamItem } from '../client.ts'
import { terminalLine } from '../core/terminal-text.ts'
import type { CommandContext } from './context.ts'
import { paintLevel } from './paint-level.ts'

interface TailInput {
  readonly user: string | undefined
  readonly cursor: string | undefined
}

/** Shows a user's events as they come, until it is told to stop. */
export async function tailEvents(context: CommandContext, input: TailInput): Promise<void> {
  const { output, signal } = context
  const client = await context.connect()
  const user = input.user ?? (context.remote ? undefined : (await context.config()).config.user)
  /** Whether it was said, since the last that came. */
  let told = false
  for await (const item of client.stream({ user, cursor: input.cursor, signal, onReconnect })) {
    told = false
    if (context.json) await output.line(item)
    else show(context, item, user)
  }
  // The stream ends only because somebody asked for it; the exit code says so.
  signal.throwIfAborted()

  function onReconnect(error: EcError): void {
    if (context.json) void output.line({ type: 'reconnecting', code: error.code })
    else if (!told) output.say('the agent is away; waiting for it to come back')
    told = true
  }
}

function show(context: CommandContext, item: StreamItem, user: string | undefined): void {
  const { output } = context
  const { paint } = output
  switch (item.type) {
    case 'event': {
      const { created_at, level, type, title, id } = item.event
      const time = new Date(created_at).toTimeString().slice(0, 8)
      const line = `${paintLevel(paint, level, terminalLine(title))} ${paint.dim(terminalLine(id))}`
      return output.print(`${paint.dim(time)} ${terminalLine(type).padEnd(16)} ${line}\n`)
    }
    case 'state':
      return output.print(paint.dim(`         ${item.state.padEnd(16)} ${terminalLine(item.id)}\n`))
    case 'live':
      return output.say(`waiting for events${user === undefined ? '' : ` of ${user}`} (Ctrl-C ends)`)
    case 'gap':
      return output.say('something before this could not be sent again: see `ec events list`')
    default:
      return item satisfies never
  }
}
