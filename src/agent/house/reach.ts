import type { StoredEvent, Store } from '../../backends/store.ts'
import type { Clock } from '../../core/clock.ts'
import {
  CAPPED_CHANNELS,
  judgeQuietHours,
  NO_PREFERENCES,
  quietZone,
  type Preferences,
} from '../../core/preferences.ts'
import { isTimeZone } from '../../core/time-zone.ts'
import { maskAddress, type Mailbox } from '../../core/mailbox.ts'
import type { TraceRow } from '../../core/plan.ts'
import type { EventFate, PushApi, Reach, StreamPresence } from '../http/api.ts'

export interface ReachOptions {
  readonly store: Pick<Store, 'getPerson' | 'listDevices' | 'getMailbox' | 'listEvents' | 'readTrace'>
  readonly clock: Clock
  readonly presenceOf: (userId: string) => StreamPresence
  readonly ageOfKey: PushApi['ageOfKey']
  /** Whether a mail server is set up. */
  readonly hasMail: () => boolean
}

const NOBODY = { preferences: NO_PREFERENCES, governed: [], tz: null }
/** More than a user can have. */
const ALL_DEVICES = 100
/** Of those more than this nobody is told the number. */
const MAX_SNOOZED = 100

/** What stands between a user and events at this moment; a token may name somebody of whom nothing is known yet. */
export function createReach(options: ReachOptions): (userId: string) => Promise<Reach> {
  const { store, clock, presenceOf, ageOfKey, hasMail } = options

  return async userId => {
    const { preferences, governed, tz } = (await store.getPerson(userId)) ?? NOBODY
    const now = clock.now()
    const [devices, mailbox, snoozed, newest] = await Promise.all([
      store.listDevices({ userId, limit: ALL_DEVICES }),
      store.getMailbox(userId),
      store.listEvents({ userId, state: 'snoozed', limit: MAX_SNOOZED }),
      store.listEvents({ userId, limit: 1 }),
    ])
    const ends = snoozed.rows.flatMap(({ snoozedUntil }) => snoozedUntil ?? [])
    const [last] = newest.rows
    return {
      user: userId,
      presence: presenceOf(userId),
      devices: await Promise.all(devices.rows.map(async device => ({ ...device, key: await ageOfKey(device.keyId) }))),
      email: judgeMail(mailbox, hasMail()),
      quiet: judgeQuietHours({ zone: readableZone(quietZone({ tz, preferences })), preferences }, now),
      mutes: preferences.mute.filter(({ until }) => until === undefined || Date.parse(until) > now),
      off: CAPPED_CHANNELS.filter(channel => isOff(preferences, channel)),
      governed,
      snoozed: { count: ends.length, until: ends.length === 0 ? null : Math.min(...ends) },
      lastEvent: last === undefined ? null : toFate(last, await store.readTrace(userId, last.id)),
    }
  }
}

function judgeMail(mailbox: Mailbox | null, hasMail: boolean): Reach['email'] {
  if (mailbox === null) return { state: hasMail ? 'none' : 'no_server', address: null, reason: null }
  const address = maskAddress(mailbox.address)
  if (mailbox.suppressed !== null) return { state: 'suppressed', address, reason: mailbox.suppressed.reason }
  return { state: hasMail ? 'fine' : 'no_server', address, reason: null }
}

/** Whether the person switched a channel off for everything. */
function isOff({ channels }: Preferences, channel: (typeof CAPPED_CHANNELS)[number]): boolean {
  return channels.some(entry => entry.type === '*' && entry[channel] === false)
}

/** A zone was checked when it was set, by a Node that may have known others. */
function readableZone(zone: string): string {
  return isTimeZone(zone) ? zone : 'UTC'
}

/** What became of an event, a line for each channel: the last that its trace says, else what its plan does. */
function toFate({ id, json, plan }: StoredEvent, trace: readonly TraceRow[]): EventFate {
  const { type, created_at }: { readonly type: string; readonly created_at: string } = JSON.parse(json)
  const steps = plan.steps.filter((step, i, all) => all.findIndex(one => one.channel === step.channel) === i)
  return {
    id,
    type,
    createdAt: created_at,
    channels: steps.map(({ channel, action, reason, until }) => {
      const last = trace.findLast(row => row.channel === channel)
      if (last === undefined) return { channel, step: action, reason, until: until ?? null, at: null }
      return { channel, step: last.step, reason: last.reason ?? null, until: last.until ?? null, at: last.at }
    }),
  }
}
