import { EcError } from '../core/errors.ts'
import type { CommandContext } from './context.ts'

interface NameInput {
  readonly name: string
}

export async function listChannels(context: CommandContext): Promise<void> {
  const client = await context.connect()
  const reply = await client.channels.list()
  const { output } = context
  if (context.json) return output.document(reply)
  await output.table(
    [
      { title: 'name', whole: true },
      { title: 'channel' },
      { title: 'for', shrinks: true },
      { title: 'takes', shrinks: true },
      { title: 'state' },
      { title: '', shrinks: true },
    ],
    reply.channels.map(({ name, channel, users, types, state, detail }) => [
      name,
      channel,
      users === null ? 'everybody' : users.join(', '),
      types === null ? 'all types' : types.join(', '),
      state,
      detail,
    ]),
  )
}

/** Fails unless it was delivered, so that a script can rely on the exit code. */
export async function testChannel(context: CommandContext, { name }: NameInput): Promise<void> {
  const client = await context.connect()
  const trial = await client.channels.test(name)
  if (trial.outcome !== 'delivered') {
    throw new EcError('EC_PROVIDER', `${name} did not take the test: ${trial.reason ?? trial.outcome}`, {
      hint: HINTS[trial.outcome],
      details: { ...trial },
    })
  }
  if (context.json) context.output.document(trial)
  else context.output.say(`${name}: took it, within ${trial.ms} ms`)
}

const HINTS = {
  retry: 'mend what it says, then test again',
  gone: 'it is switched off now; mend it, then `ec channels enable NAME`',
  rejected: 'mend what it says, then test again',
} as const

export async function enableChannel(context: CommandContext, input: NameInput): Promise<void> {
  await switchChannel(context, input, true)
}

export async function disableChannel(context: CommandContext, input: NameInput): Promise<void> {
  await switchChannel(context, input, false)
}

async function switchChannel(context: CommandContext, { name }: NameInput, on: boolean): Promise<void> {
  const client = await context.connect()
  const row = await client.channels.switch(name, on)
  if (context.json) context.output.document(row)
  else context.output.say(`${name}: ${on ? 'takes events again' : 'takes no events until it is enabled'}`)
}
