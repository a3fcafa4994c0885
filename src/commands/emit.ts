import { resolve } from 'node:path'
import type { BatchReply, EcClient, EmitReply, NewEvent } from '../client.ts'
import { EcError } from '../core/errors.ts'
import { readTextIfAny } from '../core/private-file.ts'
import { composeEvent, readEventFlags, type EventFlags } from './compose-event.ts'
import type { CommandContext } from './context.ts'
import type { EventFile } from './read-events.ts'

interface EmitInput extends EventFlags {
  readonly file: string | undefined
  readonly idempotencyKey: string | undefined
  readonly wait: boolean | undefined
}

/** Makes an event of the flags, or sends those of a file. Everything that can be refused here is refused before sending. */
export async function runEmit(context: CommandContext, input: EmitInput): Promise<void> {
  const { file, idempotencyKey } = input
  const flags = readEventFlags(input)
  const { events, single } = file === undefined ? await fromFlags(context, flags) : await fromFile(context, file, flags)
  if (input.wait === true && events.length !== 1) {
    throw new EcError('EC_USAGE', '--wait goes with one event', { hint: 'send the events of the file without it' })
  }
  const client = await context.connect()
  const options = { idempotencyKey, signal: context.signal }
  const [event] = events
  if (!single || event === undefined) return report(context, await client.emitMany(events, options))
  const reply = await client.emit(event, options)
  await finish(context, client, event, reply, input.wait === true)
}

async function fromFlags(context: CommandContext, flags: Partial<NewEvent>): Promise<EventFile> {
  // Composed before the configuration is read: a mistake on the command line comes first.
  const event = composeEvent(flags, '')
  return { events: [{ ...event, user_id: flags.user_id ?? (await defaultUser(context)) }], single: true }
}

/** Flags go over what the file says, in every event. */
async function fromFile(context: CommandContext, file: string, flags: Partial<NewEvent>): Promise<EventFile> {
  const text = file === '-' ? await context.output.readStdin() : readTextIfAny(resolve(context.cwd, file))
  if (text === null) throw new EcError('EC_USAGE', `${file} does not exist`, { hint: 'name another --file' })
  const { readEvents } = await import('./read-events.ts')
  const { events, single } = readEvents(text, file === '-' ? 'stdin' : file)
  const needsUser = flags.user_id === undefined && events.some(event => event.user_id === undefined)
  const base = needsUser ? { user_id: await defaultUser(context) } : {}
  return { single, events: events.map(event => ({ ...base, ...event, ...flags })) }
}

async function defaultUser(context: CommandContext): Promise<string> {
  const { config } = await context.config()
  return config.user
}

async function finish(
  context: CommandContext,
  client: EcClient,
  event: NewEvent,
  reply: EmitReply,
  wait: boolean,
): Promise<void> {
  const { output, json } = context
  if (!json) {
    output.print(`${reply.id}\n`)
    output.say(describe(reply))
    for (const warning of reply.warnings) output.say(`note: ${warning}`)
  }
  if (!wait) {
    if (json) output.document(reply)
    return
  }
  const { waitUntilSettled } = await import('./wait-until-settled.ts')
  const settled = await waitUntilSettled(client, { ...event, id: reply.id }, context.signal)
  const { outcome, explanation, answer } = settled
  if (json) output.document({ ...reply, outcome, ...(answer === null ? {} : { answer }), trace: explanation.trace })
  else output.prose([...explanation.sentences, ...(answer === null ? [] : [`Answered: ${answer.option}`])])
  if (settled.outcome === 'expired' || settled.outcome === 'retracted') {
    throw new EcError(
      'EC_NOTHING_MATCHED',
      `the event has ${settled.outcome === 'expired' ? 'expired' : 'been withdrawn'}`,
      {
        category: 'failed',
        hint: `see \`ec events explain ${reply.id}\``,
      },
    )
  }
}

function describe({ seq, plan }: EmitReply): string {
  const ways = plan.steps.filter(step => step.action !== 'suppress').map(step => step.channel)
  const way = ways.length === 0 ? 'it stands in the history alone' : `it goes out by ${ways.join(', ')}`
  return seq === null ? `accepted for later; ${way}` : `accepted as number ${seq}; ${way}`
}

function report(context: CommandContext, reply: BatchReply): void {
  const { output } = context
  if (context.json) output.document(reply)
  else {
    for (const [i, result] of reply.results.entries()) {
      if ('error' in result) output.tell(`event ${i + 1}: ${result.error.detail} (${result.error.code})`)
      else output.print(`${result.id}\n`)
    }
  }
  if (reply.rejected === 0) return
  throw new EcError('EC_EVENT_INVALID', `${reply.rejected} of ${reply.results.length} events were refused`, {
    category: 'refused',
    hint: 'mend them and send them again; the others are accepted',
  })
}
