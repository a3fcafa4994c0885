import { z } from 'zod'
import { CHANNELS, LEVELS } from './event.ts'
import { isDigestCron } from './next-digest.ts'
import type { PreferencesPatch } from './preferences.ts'
import { WEEKDAYS } from './quiet-hours.ts'
import { isTimeZone } from './time-zone.ts'
import { isTypePattern } from './type-pattern.ts'

/** More entries than a person would ever make by hand; each event is held against all of them. */
const MAX_MUTES = 500
const MAX_SWITCHES = 200
const MAX_KEPT = 200
const MAX_CAP = 1000
const MAX_MIN_ITEMS = 50

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'takes a time of day, as 22:00')
const pattern = z.string().refine(isTypePattern, 'takes a type, as task.created, a family, as task.*, or *')
const zone = z.string().refine(isTimeZone, 'takes an IANA time zone, as Europe/Madrid')
const weekday = z.enum(WEEKDAYS, { error: `takes days as ${WEEKDAYS.join(', ')}` })
const key = z.string().min(1).max(255)
const instant = z.iso
  .datetime({ offset: true, error: 'takes an RFC 3339 instant with an offset' })
  .transform(text => new Date(text).toISOString())

const quietHours = z
  .strictObject({
    from: time,
    to: time,
    days: z.array(weekday).min(1).exactOptional(),
    tz: zone.exactOptional(),
    allow_levels: z.array(z.enum(LEVELS, { error: `takes levels as ${LEVELS.join(', ')}` })).exactOptional(),
    paused_until: instant.exactOptional(),
  })
  .refine(({ from, to, days }) => from !== to || new Set(days ?? WEEKDAYS).size < WEEKDAYS.length, {
    path: ['to'],
    message: 'is the same as `from` on every day, so it would never end; mute * instead',
  })

const mute = z
  .strictObject({
    type: pattern.exactOptional(),
    service: key.exactOptional(),
    thread: key.exactOptional(),
    until: instant.exactOptional(),
  })
  .refine(namesOne, 'takes exactly one of type, service and thread')

const channelSwitch = z
  .strictObject({
    type: pattern.exactOptional(),
    service: key.exactOptional(),
    ws: z.boolean().exactOptional(),
    push: z.boolean().exactOptional(),
    email: z.union([z.boolean(), z.literal('digest')], 'takes true, false or digest').exactOptional(),
    exec: z.boolean().exactOptional(),
    webhook: z.boolean().exactOptional(),
  })
  .refine(namesOne, 'takes exactly one of type and service')
  .refine(entry => CHANNELS.some(channel => entry[channel] !== undefined), 'switches no channel')

const cap = z
  .strictObject({
    per_hour: z.int().min(0).max(MAX_CAP).exactOptional(),
    per_day: z.int().min(0).max(MAX_CAP).exactOptional(),
  })
  .refine(({ per_hour, per_day }) => per_hour !== undefined || per_day !== undefined, 'takes per_hour or per_day')

const digest = z
  .strictObject({
    every: z
      .string()
      .max(100)
      .refine(
        text => text === 'daily' || text === 'weekly' || isDigestCron(text),
        'takes daily, weekly, or a cron of five fields that falls at most once an hour, as 30 7 * * 1-5',
      ),
    at: time.exactOptional(),
    weekday: weekday.exactOptional(),
    tz: zone.exactOptional(),
    min_items: z.int().min(1).max(MAX_MIN_ITEMS).exactOptional(),
  })
  .refine(({ every, weekday: day }) => day === undefined || every === 'weekly', {
    path: ['weekday'],
    message: 'goes with weekly alone',
  })
  .refine(({ every, at }) => at === undefined || every === 'daily' || every === 'weekly', {
    path: ['at'],
    message: 'goes with daily and weekly; a cron names its own time',
  })

const sections = {
  quiet_hours: quietHours.nullable(),
  mute: z.array(mute).max(MAX_MUTES),
  channels: z.array(channelSwitch).max(MAX_SWITCHES),
  caps: z.strictObject({ push: cap.exactOptional(), email: cap.exactOptional() }),
  digest: digest.nullable(),
  keep: z.array(pattern).max(MAX_KEPT),
}

/** A person's preferences, whole. */
export const preferencesSchema = z.strictObject(sections)

/** A change of them; each section that is given takes the place of the old one. */
export const preferencesPatchSchema: z.ZodType<PreferencesPatch> = z.strictObject({
  quiet_hours: sections.quiet_hours.exactOptional(),
  mute: sections.mute.exactOptional(),
  channels: sections.channels.exactOptional(),
  caps: sections.caps.exactOptional(),
  digest: sections.digest.exactOptional(),
  keep: sections.keep.exactOptional(),
})

function namesOne(entry: Readonly<Record<string, unknown>>): boolean {
  return ['type', 'service', 'thread'].filter(name => entry[name] !== undefined).length === 1
}
