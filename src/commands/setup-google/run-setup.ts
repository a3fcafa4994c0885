import type { AccountRow, EcClient } from '../../client.ts'
import { EcError } from '../../core/errors.ts'
import { terminalLine } from '../../core/terminal-text.ts'
import type { CommandContext } from '../context.ts'
import { choose } from './choose.ts'
import { readClientFile, type GivenClient } from './client-file.ts'
import { doSteps, type StepReport } from './do-steps.ts'
import { showPlan } from './dry-run.ts'
import { signInGoogle } from './sign-in.ts'
import { undoGoogle } from './undo.ts'
import { awaitFirstRead, watchAll } from './watch.ts'

interface SetupInput {
  readonly user: string | undefined
  readonly account: string | undefined
  readonly clientFile: string | undefined
  readonly project: string | undefined
  readonly serviceAccount: string | undefined
  readonly calendar: readonly string[] | undefined
  readonly gmail: boolean
  readonly paste: boolean | undefined
  readonly dryRun: boolean | undefined
  readonly undo: boolean | undefined
}

/** The provider or the service said no to a part of it. */
const EXIT_REFUSED = 4

/** Signs an account of Google in, sets up what announces its changes, and watches what was chosen. Safe to repeat. */
export async function setUpGoogle(context: CommandContext, input: SetupInput): Promise<number | void> {
  const { output, json } = context
  const { config } = await context.config()
  const user = input.user ?? config.user
  const client = input.clientFile === undefined ? null : readClientFile(input.clientFile)
  if (input.dryRun === true) {
    return showPlan(context, {
      user,
      providers: providersOf(input),
      project: input.project ?? client?.project ?? null,
      clientId: client?.id ?? config.google.client_id,
      serviceAccount: input.serviceAccount ?? null,
      publicUrl: config.public.url?.replace(/\/+$/, '') ?? null,
      calendars: input.calendar ?? null,
    })
  }
  const ec = await context.connect()
  await keepSandboxClean(ec)
  if (input.undo === true) return undoGoogle(context, ec, await findAccount(ec, user, input.account))

  const known = await findKnown(ec, { named: input.account, client, user: input.user ?? null, own: user })
  const before = known === undefined ? [] : allowedBy(known)
  const isAgain = before.length > 0 && known?.state !== 'ok' && input.calendar === undefined && input.gmail
  const providers = isAgain ? before : providersOf(input)
  const account = await signInOnce(context, ec, { input, user: known?.user ?? user, client, providers, known })
  const settings = settingsOf(input, client)
  const steps = await doSteps(ec, account.id, settings, report => output.say(sayStep(report)))
  const { found } = await ec.accounts.discover(account.id)
  // Who only signs in again wants what he had.
  const chosen = isAgain
    ? found.filter(({ resource }) => resource !== null)
    : await choose(context, found, { calendars: input.calendar ?? null, gmail: input.gmail })
  const rows = await watchAll(ec, account, chosen)
  const resources = await Promise.all(
    rows.map(async row => ({ ...row, ...(await awaitFirstRead(context, ec, row.id)) })),
  )
  const { public_url: publicUrl } = await ec.status()
  const remaining = steps.flatMap(({ state, next }) =>
    state === 'done' || state === 'there' || next === null ? [] : [next],
  )

  if (json) output.document({ account, steps, resources, public_url: publicUrl, remaining })
  else {
    for (const row of resources) output.print(`${terminalLine(row.name)}  ${sayResource(row)}\n`)
    if (publicUrl === null) output.say(WITHOUT_URL)
    for (const next of remaining) output.tell(`what remains for you: ${next}`)
  }
  return remaining.length === 0 ? undefined : EXIT_REFUSED
}

/** What is real and what is made up are kept apart. */
async function keepSandboxClean(ec: EcClient): Promise<void> {
  if (!(await ec.status()).sandbox) return
  throw new EcError('EC_CONFLICT', 'the agent that runs has a sandbox in the place of Google', {
    hint: 'stop it, start `ec agent` without --sandbox, then run this again',
  })
}

const WITHOUT_URL =
  'no public URL is set, so calendars are read every few minutes; with `ec agent --public-url URL` Google calls instead'

interface SignInOnce {
  readonly input: SetupInput
  readonly user: string
  readonly client: GivenClient | null
  readonly providers: readonly string[]
  readonly known: AccountRow | undefined
}

interface Meant {
  /** By id or address. */
  readonly named: string | undefined
  readonly client: GivenClient | null
  /** Null = whoever's it is. */
  readonly user: string | null
  /** The configuration's. */
  readonly own: string
}

/** The account that is meant; where nobody says, one that has to sign in again. */
async function findKnown(ec: EcClient, { named, client, user, own }: Meant): Promise<AccountRow | undefined> {
  const all = await listOf(ec, user)
  const accounts = [...all.filter(one => one.user === own), ...all.filter(one => one.user !== own)]
  if (named !== undefined) return accounts.find(isNamed(named))
  return client === null ? accounts.find(({ state }) => state !== 'ok') : undefined
}

/** What its consent was for. */
function allowedBy(account: AccountRow): readonly string[] {
  return PROVIDERS.filter(provider => covers(account, [provider]))
}

const PROVIDERS = ['google-calendar', 'gmail'] as const

/** A person who names an account that is signed in, with all that is needed, is not asked again. */
async function signInOnce(
  context: CommandContext,
  ec: EcClient,
  { input, user, client, providers, known }: SignInOnce,
): Promise<AccountRow> {
  if (known !== undefined && known.state === 'ok' && client === null && covers(known, providers)) {
    context.output.say(`${known.address} is signed in`)
    return known
  }
  const { paste = false } = input
  const address = known?.address ?? input.account ?? null
  const setup = (known !== undefined && known.settings['shared'] === undefined) || !(await hasTopic(ec, client))
  const account = await signInGoogle(context, ec, { user, providers, setup, client, address, paste })
  context.output.say(`${account.address}: signed in`)
  return account
}

/** The topic of another account serves this one too, and then no right to make one is asked for. */
async function hasTopic(ec: EcClient, client: GivenClient | null): Promise<boolean> {
  const { accounts } = await ec.accounts.list({ family: 'google', limit: 200 })
  const project = client?.project ?? null
  return accounts.some(({ settings }) => 'topic' in settings && (project === null || settings['project'] === project))
}

/** By the last word of each scope, which is how Google names them everywhere. */
function covers({ scopes }: AccountRow, providers: readonly string[]): boolean {
  const needed = providers.map(provider => (provider === 'gmail' ? '/gmail.readonly' : '/calendar.readonly'))
  return needed.every(word => scopes.some(scope => scope.endsWith(word)))
}

function providersOf({ calendar, gmail }: SetupInput): readonly string[] {
  const isOff = calendar !== undefined && calendar.every(word => word === 'none')
  const providers = [...(isOff ? [] : ['google-calendar']), ...(gmail ? ['gmail'] : [])]
  if (providers.length > 0) return providers
  throw new EcError('EC_USAGE', 'nothing is left to be watched', {
    hint: 'leave out `--calendar none` or `--no-gmail`',
  })
}

function settingsOf(input: SetupInput, client: GivenClient | null): Readonly<Record<string, string>> {
  const project = input.project ?? client?.project ?? undefined
  const { serviceAccount } = input
  return {
    ...(project === undefined ? {} : { project }),
    ...(serviceAccount === undefined ? {} : { service_account: serviceAccount }),
  }
}

async function findAccount(ec: EcClient, user: string, named: string | undefined): Promise<AccountRow> {
  const accounts = await listOf(ec, user)
  const found = named === undefined ? accounts : accounts.filter(isNamed(named))
  const [first, second] = found
  if (first === undefined) {
    throw new EcError('EC_NOTHING_MATCHED', `${user} has no such account of Google`, { hint: 'see `ec accounts list`' })
  }
  if (second === undefined) return first
  throw new EcError('EC_USAGE', `${user} has several accounts of Google`, {
    hint: `say which: --account ${found.map(({ address }) => address).join(' or ')}`,
  })
}

async function listOf(ec: EcClient, user: string | null): Promise<readonly AccountRow[]> {
  const whose = user === null ? {} : { user }
  return (await ec.accounts.list({ ...whose, family: 'google', limit: 200 })).accounts
}

function isNamed(named: string): (account: AccountRow) => boolean {
  return ({ id, address }) => id === named || address.toLowerCase() === named.toLowerCase()
}

const STATES = { done: 'done', there: 'there already', manual: 'not done', refused: 'refused' } as const

function sayStep({ title, state, why }: StepReport): string {
  return `${title}: ${STATES[state]}${why === null ? '' : `, ${why}`}`
}

function sayResource({
  added,
  sync,
}: {
  readonly added: boolean
  readonly sync: { mode: string; items: number; because: string } | null
}) {
  const how = added ? 'watched from now on' : 'watched already'
  if (sync?.mode === 'none') return `${how}, and ${sync.because}`
  return sync === null ? how : `${how}, ${sync.items} here, by ${sync.mode}`
}
