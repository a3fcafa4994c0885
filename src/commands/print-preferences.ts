import type { Cap, EcClient, EngagementRow, Preferences } from '../client.ts'
import { EcError } from '../core/errors.ts'
import { CHANNELS } from '../core/event.ts'
import { isDefaultDigest, sayDigest } from '../core/digest-rule.ts'
import { formatLocalTime } from '../core/local-time.ts'
import { CAPPED_CHANNELS, quietZone, type Scope } from '../core/preferences.ts'
import type { CommandContext } from './context.ts'

/** Shows what a person wants, a line for each thing. */
export async function printPreferences(
  context: CommandContext,
  client: EcClient,
  user: string,
  preferences: Preferences,
): Promise<void> {
  const { output } = context
  if (context.json) return output.document(preferences)
  const quiet = await findQuiet(client, user, preferences, context.clock.now())
  const rows = [
    ...(quiet === null ? [] : [['quiet hours', quiet.days, quiet.span] as const]),
    ...muteRows(preferences, context.clock.now()),
    ...restRows(preferences),
    ...digestRows(preferences),
    ...(await governedRows(client, user)),
  ]
  if (rows.length === 0) return output.say(`${user} wants nothing in particular: the rules decide`)
  await output.table([{ title: 'what' }, { title: 'for', shrinks: true }, { title: 'says', shrinks: true }], rows)
}

type Row = readonly [what: string, of: string, says: string]

/** As the table has it, in one line; null = none. */
export async function sayQuietHours(
  client: EcClient,
  user: string,
  preferences: Preferences,
  now: number,
): Promise<string | null> {
  const quiet = await findQuiet(client, user, preferences, now)
  return quiet === null ? null : `${quiet.days} ${quiet.span}`
}

async function findQuiet(
  client: EcClient,
  user: string,
  preferences: Preferences,
  now: number,
): Promise<{ readonly days: string; readonly span: string } | null> {
  if (preferences.quiet_hours === null) return null
  const { from, to, days, allow_levels, paused_until } = preferences.quiet_hours
  const zone = quietZone({ tz: (await client.users.get(user)).tz, preferences })
  const through = ['critical', ...(allow_levels ?? [])].filter((level, i, all) => all.indexOf(level) === i)
  const isPaused = paused_until !== undefined && Date.parse(paused_until) > now
  const pause = isPaused ? `; paused until ${formatLocalTime(paused_until)}` : ''
  return { days: days?.join(', ') ?? 'every day', span: `${from}-${to} ${zone}, but for ${through.join(', ')}${pause}` }
}

function muteRows({ mute }: Preferences, now: number): readonly Row[] {
  return mute.map(entry => {
    if (entry.until === undefined) return ['mute', nameOf(entry), 'for good']
    const over = Date.parse(entry.until) <= now
    return ['mute', nameOf(entry), over ? 'over' : `until ${formatLocalTime(entry.until)}`]
  })
}

/** What is so for everybody who said nothing is no news. */
function digestRows({ digest }: Preferences): readonly Row[] {
  if (digest === null) return [['digest', '', 'off']]
  if (isDefaultDigest(digest)) return []
  const { tz, min_items } = digest
  const few = min_items === undefined ? '' : `, from ${min_items} on`
  return [['digest', '', `${sayDigest(digest)}${tz === undefined ? '' : ` ${tz}`}${few}`]]
}

/** What the agent took out of push by itself. Of somebody who is not known yet there is nothing. */
async function governedRows(client: EcClient, user: string): Promise<readonly Row[]> {
  const { engagement } = await client.users.engagement(user).catch(emptyForNobody)
  return engagement.flatMap(({ type, sent, opened, governed_at }): readonly Row[] =>
    governed_at === null ? [] : [['push ended', type, `${opened} of ${sent} opened, ${formatLocalTime(governed_at)}`]],
  )
}

function emptyForNobody(error: unknown): { readonly engagement: readonly EngagementRow[] } {
  if (error instanceof EcError && error.code === 'EC_NOT_FOUND') return { engagement: [] }
  throw error
}

function restRows({ channels, caps, keep }: Preferences): readonly Row[] {
  const switches = channels.map((entry): Row => {
    const said = CHANNELS.flatMap(channel =>
      entry[channel] === undefined ? [] : [`${channel} ${sayOn(entry[channel])}`],
    )
    return ['channels', nameOf(entry), said.join(', ')]
  })
  const bounds = CAPPED_CHANNELS.flatMap((channel): readonly Row[] => {
    const cap = caps[channel]
    return cap === undefined ? [] : [['cap', channel, sayCap(cap)]]
  })
  return [...switches, ...bounds, ...keep.map((type): Row => ['keep', type, 'push, however few are opened'])]
}

function sayCap({ per_hour, per_day }: Cap): string {
  const parts = [
    per_hour === undefined ? [] : [`${per_hour} an hour`],
    per_day === undefined ? [] : [`${per_day} a day`],
  ]
  return parts.flat().join(', ')
}

function sayOn(on: boolean | 'digest' | undefined): string {
  return on === 'digest' ? 'in the digest' : on === true ? 'on' : 'off'
}

function nameOf({ type, service, thread }: Scope): string {
  if (type !== undefined) return type
  return service === undefined ? `thread ${thread}` : `service ${service}`
}
