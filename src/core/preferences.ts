import { DEFAULT_DIGEST, isDefaultDigest, type DigestRule } from './digest-rule.ts'
import type { Channel, Level } from './event.ts'
import { judgeQuiet, type Quiet, type QuietRule } from './quiet-hours.ts'

/** The channels that a person can bound: those that reach for one who does not look. */
export const CAPPED_CHANNELS = ['push', 'email'] as const satisfies readonly Channel[]
export type CappedChannel = (typeof CAPPED_CHANNELS)[number]

/** When nothing is to reach for the person. What a page shows while one looks at it is not meant. */
export interface QuietHours extends QuietRule {
  /** IANA; the user's own zone unless given. */
  readonly tz?: string | undefined
  /** Levels that come through; `critical` always does. */
  readonly allow_levels?: readonly Level[] | undefined
  /** RFC 3339: until then they do not count. */
  readonly paused_until?: string | undefined
}

/** What an entry is about: exactly one of the three. */
export interface Scope {
  /** One type, a family as `task.*`, or `*`. */
  readonly type?: string | undefined
  readonly service?: string | undefined
  readonly thread?: string | undefined
}

/** What the person does not want to hear of; it stands in the history. */
export interface Mute extends Scope {
  /** RFC 3339; for good unless given. */
  readonly until?: string | undefined
}

/** Channels that are switched on or off for a type, a family of types or a service. */
export interface ChannelSwitch
  extends Omit<Scope, 'thread'>, Readonly<Partial<Record<Exclude<Channel, 'email'>, boolean | undefined>>> {
  /** `digest`: not as a mail of its own, but in the one that gathers several. */
  readonly email?: boolean | 'digest' | undefined
}

/** How many are enough. */
export interface Cap {
  readonly per_hour?: number | undefined
  readonly per_day?: number | undefined
}

/** What a person wants of the delivery (snake_case is the public contract). */
export interface Preferences {
  readonly quiet_hours: QuietHours | null
  readonly mute: readonly Mute[]
  readonly channels: readonly ChannelSwitch[]
  readonly caps: { readonly push?: Cap | undefined; readonly email?: Cap | undefined }
  /** When the mail comes that gathers several; null = never. */
  readonly digest: DigestRule | null
  /** Types or families of them that stay in push, however few of them are opened. */
  readonly keep: readonly string[]
}

/** A change of them: what is left out stays. */
export type PreferencesPatch = Partial<Preferences>

/** Of somebody who never said anything. */
export const NO_PREFERENCES: Preferences = {
  quiet_hours: null,
  mute: [],
  channels: [],
  caps: {},
  digest: DEFAULT_DIGEST,
  keep: [],
}

/** What is stored of a person's preferences, whole; the very object `NO_PREFERENCES` when it says nothing. */
export function completePreferences(said: PreferencesPatch): Preferences {
  const all = { ...NO_PREFERENCES, ...said }
  const { quiet_hours, mute, channels, caps, digest, keep } = all
  const isEmpty = quiet_hours === null && mute.length + channels.length + Object.keys(caps).length + keep.length === 0
  return isEmpty && isDefaultDigest(digest) ? NO_PREFERENCES : all
}

/** What the delivery has to know of a person. */
export interface Person {
  readonly id: string
  /** IANA; null when nobody said. */
  readonly tz: string | null
  /** The very object `NO_PREFERENCES` of somebody who never said anything. */
  readonly preferences: Preferences
  /** Whether there is a device, and an address that may be written to. */
  readonly reach: Readonly<Record<CappedChannel, boolean>>
  /** Types that go out by push no more, because the person opened so few of them. */
  readonly governed: readonly string[]
}

/** What counts for a person whose time zone nobody said. */
const DEFAULT_ZONE = 'UTC'

/** The time zone by whose clock a person's quiet hours go. */
export function quietZone({ tz, preferences }: Pick<Person, 'tz' | 'preferences'>): string {
  return preferences.quiet_hours?.tz ?? tz ?? DEFAULT_ZONE
}

/** Whether it is quiet for a person at an instant, and until when that stays so; null of one who has no quiet hours. */
export function judgeQuietHours(
  person: { readonly zone: string; readonly preferences: Pick<Preferences, 'quiet_hours'> },
  at: number,
): Quiet | null {
  const rule = person.preferences.quiet_hours
  if (rule === null) return null
  const paused = rule.paused_until === undefined ? 0 : Date.parse(rule.paused_until)
  return paused > at ? { quiet: false, until: paused } : judgeQuiet(at, person.zone, rule)
}

/** The time zone by whose clock a person's digests come. */
export function digestZone({ tz, preferences }: Pick<Person, 'tz' | 'preferences'>): string {
  return preferences.digest?.tz ?? tz ?? DEFAULT_ZONE
}
