import type { ChannelSwitch, EcClient, Mute, Preferences, PreferencesPatch } from '../client.ts'
import { sayDigest } from '../core/digest-rule.ts'
import { EcError } from '../core/errors.ts'
import { CHANNELS, type Channel, type Level } from '../core/event.ts'
import { NO_PREFERENCES, type CappedChannel } from '../core/preferences.ts'
import type { Weekday } from '../core/quiet-hours.ts'
import type { CommandContext } from './context.ts'
import { printPreferences, sayQuietHours } from './print-preferences.ts'

interface UserInput {
  readonly user: string | undefined
}

interface ScopeInput extends UserInput {
  readonly type?: string | undefined
  readonly service?: string | undefined
  readonly thread?: string | undefined
}

type Switched = 'on' | 'off' | 'default' | undefined

export async function showPreferences(context: CommandContext, input: UserInput): Promise<void> {
  const [user, client] = await reach(context, input)
  // The user of the configuration need not be there yet; another name may be mistyped.
  const preferences = input.user === undefined ? await read(client, user) : await client.users.preferences.get(user)
  await printPreferences(context, client, user, preferences)
}

export async function setChannels(
  context: CommandContext,
  input: ScopeInput & Readonly<Record<Exclude<Channel, 'email'>, Switched>> & { readonly email: Switched | 'digest' },
): Promise<void> {
  const scope = oneScope('set', input, ['type', 'service'])
  if (CHANNELS.every(channel => input[channel] === undefined))
    throw usage('set', `name a channel: ${CHANNELS.map(channel => `--${channel}`).join(', ')}`)
  await change(context, input, ({ channels }) => {
    const old: ChannelSwitch = channels.find(entry => isSame(entry, scope)) ?? {}
    const switches = CHANNELS.flatMap(channel => {
      const on = input[channel] === undefined ? old[channel] : readSwitch(input[channel])
      return on === undefined ? [] : [[channel, on] as const]
    })
    const rest = channels.filter(entry => !isSame(entry, scope))
    return { channels: switches.length === 0 ? rest : [...rest, { ...scope, ...Object.fromEntries(switches) }] }
  })
}

export async function mute(
  context: CommandContext,
  input: ScopeInput & { readonly for: number | undefined },
): Promise<void> {
  const scope = oneScope('mute', input, ['type', 'service', 'thread'])
  const now = context.clock.now()
  const until = input.for === undefined ? {} : { until: new Date(now + input.for).toISOString() }
  await change(context, input, ({ mute }) => ({
    mute: [...mute.filter(entry => !isSame(entry, scope) && isLasting(entry, now)), { ...scope, ...until }],
  }))
}

export async function unmute(context: CommandContext, input: ScopeInput): Promise<void> {
  const scope = oneScope('unmute', input, ['type', 'service', 'thread'])
  await change(context, input, ({ mute }) => {
    const rest = mute.filter(entry => !isSame(entry, scope))
    if (rest.length < mute.length) return { mute: rest }
    throw new EcError('EC_NOTHING_MATCHED', 'that is not muted', { hint: 'see what is: `ec prefs show`' })
  })
}

export async function setQuietHours(
  context: CommandContext,
  input: UserInput & {
    readonly from: string | undefined
    readonly to: string | undefined
    readonly days: readonly Weekday[] | undefined
    readonly tz: string | undefined
    readonly allow: readonly Level[] | undefined
    readonly off: boolean | undefined
  },
): Promise<void> {
  const { from, to, days, tz, allow, off } = input
  const isSaid = [from, to, days, tz, allow].some(value => value !== undefined)
  if (off === true && isSaid) throw usage('quiet-hours', '--off goes alone')
  if (off === true) return change(context, input, () => ({ quiet_hours: null }))
  if (!isSaid) return showQuietHours(context, input)
  if (from === undefined || to === undefined) {
    throw usage('quiet-hours', 'say when they begin and end: --from 22:00 --to 07:00')
  }
  const rest = {
    ...(days === undefined ? {} : { days }),
    ...(tz === undefined ? {} : { tz }),
    ...(allow === undefined ? {} : { allow_levels: allow }),
  }
  await change(context, input, () => ({ quiet_hours: { from, to, ...rest } }))
}

async function showQuietHours(context: CommandContext, input: UserInput): Promise<void> {
  const [user, client] = await reach(context, input)
  const preferences = await read(client, user)
  if (context.json) return context.output.document({ quiet_hours: preferences.quiet_hours })
  const said = await sayQuietHours(client, user, preferences, context.clock.now())
  context.output.say(said === null ? `${user} has no quiet hours` : `${user} has quiet hours ${said}`)
}

export async function setDigest(
  context: CommandContext,
  input: UserInput & {
    readonly every: string | undefined
    readonly at: string | undefined
    readonly weekday: Weekday | undefined
    readonly tz: string | undefined
    readonly minItems: number | undefined
    readonly off: boolean | undefined
  },
): Promise<void> {
  const { every, at, weekday, tz, minItems, off } = input
  const rest = {
    ...(at === undefined ? {} : { at }),
    ...(weekday === undefined ? {} : { weekday }),
    ...(tz === undefined ? {} : { tz }),
    ...(minItems === undefined ? {} : { min_items: minItems }),
  }
  const isSaid = Object.keys(rest).length > 0
  if (off === true && (every !== undefined || isSaid)) throw usage('digest', '--off goes alone')
  if (off === true) return change(context, input, () => ({ digest: null }))
  if (every !== undefined) return change(context, input, () => ({ digest: { every, ...rest } }))
  if (isSaid) throw usage('digest', 'say how often: --every daily, weekly or a cron')
  await showDigest(context, input)
}

async function showDigest(context: CommandContext, input: UserInput): Promise<void> {
  const [user, client] = await reach(context, input)
  const { digest } = await read(client, user)
  if (context.json) return context.output.document({ digest })
  context.output.say(digest === null ? `${user} wants no digest` : `${user} gets a digest ${sayDigest(digest)}`)
}

export async function setCap(
  context: CommandContext,
  input: UserInput & {
    readonly channel: CappedChannel
    readonly perHour: number | undefined
    readonly perDay: number | undefined
    readonly none: boolean | undefined
  },
): Promise<void> {
  const { channel, perHour, perDay, none } = input
  if ((none === true) === (perHour !== undefined || perDay !== undefined)) {
    throw usage('cap', 'say how many: --per-hour, --per-day or both; --none alone lifts the bound')
  }
  const cap = {
    ...(perHour === undefined ? {} : { per_hour: perHour }),
    ...(perDay === undefined ? {} : { per_day: perDay }),
  }
  await change(context, input, ({ caps }) => {
    const { [channel]: _, ...rest } = caps
    return { caps: none === true ? rest : { ...rest, [channel]: cap } }
  })
}

/** Whatever the person does with them; the governor of pushes leaves these types alone. */
export async function keepType(
  context: CommandContext,
  input: UserInput & { readonly type: string; readonly off: boolean | undefined },
): Promise<void> {
  const { type, off } = input
  await change(context, input, ({ keep }) => {
    const rest = keep.filter(one => one !== type)
    if (off !== true) return { keep: [...rest, type] }
    if (rest.length < keep.length) return { keep: rest }
    throw new EcError('EC_NOTHING_MATCHED', 'that is not kept', { hint: 'see what is: `ec prefs show`' })
  })
}

/** Reads the preferences, changes them and shows what is so now. */
async function change(
  context: CommandContext,
  input: UserInput,
  make: (preferences: Preferences) => PreferencesPatch,
): Promise<void> {
  const [user, client] = await reach(context, input)
  const { preferences } = client.users
  await printPreferences(context, client, user, await preferences.put(user, make(await read(client, user))))
}

/** Somebody who is not known yet wants nothing in particular. */
async function read(client: EcClient, user: string): Promise<Preferences> {
  try {
    return await client.users.preferences.get(user)
  } catch (error) {
    if (!(error instanceof EcError) || error.code !== 'EC_NOT_FOUND') throw error
    return NO_PREFERENCES
  }
}

async function reach(context: CommandContext, { user }: UserInput): Promise<readonly [string, EcClient]> {
  const named = user ?? (await context.config()).config.user
  return [named, await context.connect()]
}

type ScopeName = 'type' | 'service' | 'thread'
type OneScope = Pick<Mute, ScopeName>

function oneScope(command: string, input: ScopeInput, names: readonly ScopeName[]): OneScope {
  const given = names.filter(name => input[name] !== undefined)
  const [name] = given
  if (name !== undefined && given.length === 1) return { [name]: input[name] }
  const flags = names.map(one => `--${one}`).join(', ')
  throw usage(command, given.length === 0 ? `name one of ${flags}` : `name one of ${flags}, not several`)
}

function isSame(entry: OneScope, scope: OneScope): boolean {
  return entry.type === scope.type && entry.service === scope.service && entry.thread === scope.thread
}

function isLasting({ until }: Mute, now: number): boolean {
  return until === undefined || Date.parse(until) > now
}

function readSwitch(text: Exclude<Switched, undefined> | 'digest'): boolean | 'digest' | undefined {
  if (text === 'digest') return text
  return text === 'default' ? undefined : text === 'on'
}

function usage(command: string, message: string): EcError {
  return new EcError('EC_USAGE', message, { hint: `see \`ec help prefs ${command}\`` })
}
