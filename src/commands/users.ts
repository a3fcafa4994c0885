import type { DeviceRow, EcClient, EventRow, PageOptions, QuestionRow, ResourceRow, UserRow } from '../client.ts'
import { formatLocalTime } from '../core/local-time.ts'
import type { CommandContext } from './context.ts'
import { sayNext } from './say-next.ts'

interface UserInput {
  readonly user: string
}

interface SetInput extends UserInput {
  readonly name: string | undefined
  readonly email: string | undefined
  readonly tz: string | undefined
  readonly lang: string | undefined
}

export async function listUsers(context: CommandContext, { after, before, limit }: PageOptions): Promise<void> {
  const client = await context.connect()
  const page = await client.users.list({ after, before, limit })
  const { output } = context
  if (context.json) return output.document(page)
  if (page.users.length === 0) return output.say('no users yet; the first event for one makes it')
  await output.table(
    [{ title: 'user' }, { title: 'name', shrinks: true }, { title: 'email' }, { title: 'tz' }, { title: 'lang' }],
    page.users.map(({ id, name, email, tz, lang }) => [id, name, email, tz, lang]),
  )
  sayNext(output, page.next)
}

export async function showUser(context: CommandContext, input: UserInput): Promise<void> {
  const client = await context.connect()
  print(context, await client.users.get(input.user))
}

/** An empty text empties the field. */
export async function setUser(context: CommandContext, { user, name, email, tz, lang }: SetInput): Promise<void> {
  const client = await context.connect()
  const fields = { name: orNull(name), email: orNull(email), tz: orNull(tz), lang: orNull(lang) }
  print(context, await client.users.put(user, fields))
}

/** Everything that is kept about a user, as one JSON document. */
export async function exportUser(context: CommandContext, input: UserInput): Promise<void> {
  const client = await context.connect()
  const user = await client.users.get(input.user)
  const preferences = await client.users.preferences.get(input.user)
  const events = await readAllEvents(client, input.user)
  const questions = await readAllQuestions(client, input.user)
  const resources = await readAllResources(client, input.user)
  const devices = await readAllDevices(client, input.user)
  const { sessions } = await client.sessions.list(input.user)
  const { engagement } = await client.users.engagement(input.user)
  const { reports: diagnostics } = await client.users.diagnostics(input.user)
  const exported_at = new Date(context.clock.now()).toISOString()
  context.output.document({
    exported_at,
    user,
    preferences,
    resources,
    devices,
    sessions,
    engagement,
    diagnostics,
    events,
    questions,
  })
}

export async function signUserOut(context: CommandContext, input: UserInput): Promise<void> {
  const client = await context.connect()
  await client.sessions.endAll(input.user)
  if (context.json) context.output.document({ id: input.user })
  else context.output.say(`${input.user}: signed out of all browsers`)
}

export async function eraseUser(
  context: CommandContext,
  input: UserInput & { readonly yes: boolean | undefined },
): Promise<void> {
  const { output } = context
  const what = 'preferences, all events, questions, states, traces, devices, sessions and reports'
  const question = `Erase ${input.user} with ${what}? This cannot be undone.`
  if (input.yes !== true && !(await output.confirm(question))) return output.say('nothing was erased')
  const client = await context.connect()
  await client.users.erase(input.user)
  if (context.json) output.document({ id: input.user })
  else output.say(`${input.user}: erased`)
}

function print(context: CommandContext, user: UserRow): void {
  if (context.json) return context.output.document(user)
  const fields = { ...user, created_at: formatLocalTime(user.created_at) }
  context.output.print(context.output.fields(fields))
}

function orNull(text: string | undefined): string | null | undefined {
  return text === '' ? null : text
}

async function readAllEvents(client: EcClient, user: string): Promise<readonly EventRow[]> {
  const all: EventRow[] = []
  for (let after: string | null = '0'; after !== null;) {
    const page: Awaited<ReturnType<EcClient['events']['list']>> = await client.events.list({ user, after, limit: 1000 })
    all.push(...page.events)
    after = page.next
  }
  return all
}

async function readAllQuestions(client: EcClient, user: string): Promise<readonly QuestionRow[]> {
  const all: QuestionRow[] = []
  for (let after: string | null = '0'; after !== null;) {
    const page: Awaited<ReturnType<EcClient['questions']['list']>> = await client.questions.list({
      user,
      after,
      limit: 1000,
    })
    all.push(...page.questions)
    after = page.next
  }
  return all
}

async function readAllResources(client: EcClient, user: string): Promise<readonly ResourceRow[]> {
  const all: ResourceRow[] = []
  for (let after: string | null = '0'; after !== null;) {
    const page: Awaited<ReturnType<EcClient['resources']['list']>> = await client.resources.list({
      user,
      after,
      limit: 1000,
    })
    all.push(...page.resources)
    after = page.next
  }
  return all
}

async function readAllDevices(client: EcClient, user: string): Promise<readonly DeviceRow[]> {
  const all: DeviceRow[] = []
  for (let after: string | null = '0'; after !== null;) {
    const page: Awaited<ReturnType<EcClient['push']['devices']>> = await client.push.devices({
      user,
      after,
      limit: 1000,
    })
    all.push(...page.devices)
    after = page.next
  }
  return all
}
