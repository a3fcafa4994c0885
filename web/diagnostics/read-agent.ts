import { isObject } from '../shared/is-object.ts'

/** What the agent says, read as far as the checks need it; whatever else answers in its place is refused. */

export interface Health {
  /** Null of an answer that is not the agent's; `untold` where the browser keeps it from the page. */
  readonly status: string | null
  /** The agent's clock minus this one, ms, corrected by half the way there and back; null when nobody told a time. */
  readonly skewMs: number | null
  readonly tookMs: number
}

export interface Key {
  readonly id: string
  readonly publicKey: string
}

export interface Reach {
  readonly devices: readonly ReachDevice[]
  readonly email: { readonly state: string; readonly address: string; readonly reason: string }
  readonly quiet: { readonly now: boolean; readonly until: number | null } | null
  readonly mutes: readonly { readonly name: string; readonly all: boolean }[]
  readonly off: readonly string[]
  readonly governed: readonly string[]
  readonly snoozed: { readonly count: number; readonly until: number | null }
}

export interface ReachDevice {
  readonly id: string
  readonly lastOkAt: number | null
  readonly lastError: string | null
  readonly lastErrorAt: number | null
  readonly unshown: number
}

const SECOND_MS = 1000

export function readHealth(answer: {
  readonly status: number
  readonly date: string | null
  readonly text: string
  readonly sentAt: number
  readonly tookMs: number
}): Health {
  const { date, text, sentAt, tookMs } = answer
  const told = date === null ? Number.NaN : Date.parse(date)
  // The header has whole seconds, the fraction of which nobody tells: half of one is the best guess.
  const skew = told + SECOND_MS / 2 - (sentAt + tookMs / 2)
  const body = parse(text)
  const status = isObject(body) && typeof body['status'] === 'string' ? body['status'] : null
  return { status, tookMs, skewMs: Number.isNaN(skew) ? null : skew }
}

export function readSession(value: unknown): { readonly user: string; readonly lang: string | null } {
  const { user, lang } = record(value)
  return { user: text(user), lang: typeof lang === 'string' ? lang : null }
}

export function readKey(value: unknown): Key {
  const { key_id, public_key } = record(value)
  return { id: text(key_id), publicKey: text(public_key) }
}

export function readReach(value: unknown): Reach {
  const { devices, email, quiet, mutes, off, governed, snoozed } = record(value)
  const { state, address, reason } = record(email)
  const { count, until } = record(snoozed)
  return {
    devices: list(devices).map(readDevice),
    email: { state: text(state), address: textOr(address), reason: textOr(reason) },
    quiet: quiet === null ? null : { now: record(quiet)['now'] === true, until: instant(record(quiet)['until']) },
    mutes: list(mutes).map(readMute),
    off: list(off).map(text),
    governed: list(governed).map(text),
    snoozed: { count: number(count), until: instant(until) },
  }
}

function readDevice(value: unknown): ReachDevice {
  const { id, last_ok_at, last_error, last_error_at, unshown } = record(value)
  return {
    id: text(id),
    lastOkAt: instant(last_ok_at),
    lastError: typeof last_error === 'string' ? last_error : null,
    lastErrorAt: instant(last_error_at),
    unshown: number(unshown),
  }
}

function readMute(value: unknown): Reach['mutes'][number] {
  const { type, service, thread } = record(value)
  return { name: [type, service, thread].map(textOr).find(name => name !== '') ?? '?', all: type === '*' }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (isObject(value)) return value
  throw new Error('what answered is not the agent')
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new Error('what answered is not the agent')
}

function text(value: unknown): string {
  if (typeof value === 'string') return value
  throw new Error('what answered is not the agent')
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function number(value: unknown): number {
  if (typeof value === 'number') return value
  throw new Error('what answered is not the agent')
}

function instant(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? null : at
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
