import type { CommandContext } from './context.ts'

interface NameInput {
  readonly name: string
}

export async function listFeatures(context: CommandContext): Promise<void> {
  const client = await context.connect()
  const reply = await client.features.list()
  const { output } = context
  if (context.json) return output.document(reply)
  if (Object.keys(reply.features).length === 0) return output.say('no features can be switched')
  await output.table(
    [
      { title: 'feature' },
      { title: 'state', paint: (cell, text) => (text === 'on' ? output.paint.green(cell) : cell) },
    ],
    Object.entries(reply.features).map(([name, on]) => [name, on ? 'on' : 'off']),
  )
}

export async function switchFeatureOn(context: CommandContext, input: NameInput): Promise<void> {
  await switchFeature(context, input.name, true)
}

export async function switchFeatureOff(context: CommandContext, input: NameInput): Promise<void> {
  await switchFeature(context, input.name, false)
}

async function switchFeature(context: CommandContext, name: string, on: boolean): Promise<void> {
  const client = await context.connect()
  await client.features.set(name, on)
  if (context.json) context.output.document({ name, on })
  else context.output.say(`${name}: ${on ? 'on' : 'off'}`)
}
