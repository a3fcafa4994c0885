import { createHash } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { isLoopback } from '../../core/judge-endpoints.ts'
import { peekString, peek, type JsonRecord } from '../../core/peek.ts'
import { ApiError, badRequest, forbidden, notFound } from '../http/api-error.ts'
import type { Manners } from '../manners.ts'
import type { Pusher } from '../push/pusher.ts'
import type { Random } from '../random.ts'

/** A watch: of the events of a calendar, or of an account's list of calendars (`calendar` is ''). */
export interface Channel {
  readonly id: string
  readonly resourceId: string
  readonly resourceUri: string
  readonly address: string
  readonly token: string
  readonly account: string
  readonly calendar: string
  readonly expiration: number
  readonly stoppedAt: number | null
  /** It lives on and says nothing, as some real ones do. */
  readonly isMute: boolean
  /** Of its last message. */
  readonly number: number
}

export interface Channels {
  /** Checks the body, and gives the channel with what sends its `sync` message. */
  open(account: string, calendar: string, body: JsonRecord): { channel: Channel; sync: () => Promise<void> }
  stop(account: string, id: string, resourceId: string): void
  /** Tells every channel of the calendar, or of the account's list. */
  tell(calendar: string, account: string | null, state: 'exists' | 'not_exists'): void
  /** False when there is no such channel. */
  mute(id: string): boolean
  list(): readonly Channel[]
}

interface ChannelParts {
  readonly clock: Clock
  readonly random: Random
  readonly manners: () => Manners
  readonly pusher: Pusher
}

const MAX_CHANNELS = 5_000
/** Google tries again after these alone; whatever else it is answered, the message is gone. */
const RETRIED: ReadonlySet<number> = new Set([0, 500, 502, 503, 504])
const MAX_ATTEMPTS = 7
const BASE_MS = 1_000
/** A receiver that never takes anything is given up, and the channel lives on without a word. */
const MAX_FAILURES = 100

export function createChannels({ clock, random, manners, pusher }: ChannelParts): Channels {
  const channels = new Map<string, Channel>()
  const failures = new Map<string, number>()

  function isLive(channel: Channel, now: number): boolean {
    const { stoppedAt } = channel
    const isOpen = stoppedAt === null || now < stoppedAt + manners().late_after_stop_ms
    return isOpen && now < channel.expiration && !channel.isMute
  }

  function message(id: string, state: string): Promise<void> {
    const before = channels.get(id)
    if (before === undefined) return Promise.resolve()
    // Larger than the one before, and not by one.
    const number = before.number === 0 ? 1 : before.number + random.between(1, 400)
    const channel = { ...before, number }
    channels.set(id, channel)
    return deliver(channel, state, 1)
  }

  async function deliver(channel: Channel, state: string, attempt: number): Promise<void> {
    const { address: url, id, calendar } = channel
    const post = { url, headers: headersOf(channel, state), body: '' }
    const common = { service: 'calendar', channel: id, subscription: '', calendar, attempt } as const
    const { status, isLost } = await pusher.push({ post, ...common })
    if (isLost) return
    if (OK.has(status)) return void failures.delete(id)
    countFailure(id)
    if (!RETRIED.has(status) || attempt >= MAX_ATTEMPTS) return
    const wait = BASE_MS * 2 ** (attempt - 1)
    clock.setTimer(() => void deliver(channel, state, attempt + 1), wait + random.between(0, wait / 2))
  }

  function countFailure(id: string): void {
    const count = (failures.get(id) ?? 0) + 1
    failures.set(id, count)
    const channel = channels.get(id)
    if (count >= MAX_FAILURES && channel !== undefined) channels.set(id, { ...channel, isMute: true })
  }

  /** The oldest of those that are over; ids are remembered as long as there is room, as they cannot be used again. */
  function makeRoom(): void {
    if (channels.size < MAX_CHANNELS) return
    const now = clock.now()
    const over = [...channels.values()].find(channel => !isLive(channel, now))
    if (over === undefined) throw forbidden('Too many channels.', 'quotaExceeded')
    channels.delete(over.id)
    failures.delete(over.id)
  }

  return {
    open(account, calendar, body) {
      const read = readBody(body, clock.now(), manners().watch_life_ms)
      if (channels.has(read.id)) {
        throw badRequest(`Channel id ${read.id} not unique`, 'id', 'channelIdNotUnique')
      }
      makeRoom()
      const resourceId = createHash('sha256').update(`${account}\n${calendar}`).digest('base64url').slice(0, 27)
      const path = calendar === '' ? 'users/me/calendarList' : `calendars/${encodeURIComponent(calendar)}/events`
      const resourceUri = `https://www.googleapis.com/calendar/v3/${path}?alt=json`
      const own = { account, calendar, resourceId, resourceUri, stoppedAt: null, isMute: false, number: 0 }
      const channel: Channel = { ...read, ...own }
      channels.set(channel.id, channel)
      return { channel, sync: () => message(channel.id, 'sync') }
    },
    stop(account, id, resourceId) {
      const channel = channels.get(id)
      const isOwn = channel !== undefined && channel.resourceId === resourceId && channel.account === account
      if (!isOwn || channel.stoppedAt !== null || clock.now() >= channel.expiration) {
        throw notFound(`Channel '${id}' not found for project '100000000001'`)
      }
      channels.set(id, { ...channel, stoppedAt: clock.now() })
    },
    tell(calendar, account, state) {
      const now = clock.now()
      for (const channel of Array.from(channels.values())) {
        const isMeant = channel.calendar === calendar && (account === null || channel.account === account)
        if (!isMeant || !isLive(channel, now)) continue
        const wait = manners().push_delay_ms
        if (wait === 0) void message(channel.id, state)
        else clock.setTimer(() => void message(channel.id, state), wait)
      }
    },
    mute(id) {
      const channel = channels.get(id)
      if (channel !== undefined) channels.set(id, { ...channel, isMute: true })
      return channel !== undefined
    },
    list: () => [...channels.values()],
  }
}

const OK: ReadonlySet<number> = new Set([102, 200, 201, 202, 204])

function headersOf(channel: Channel, state: string): Readonly<Record<string, string>> {
  return {
    Accept: '*/*',
    'User-Agent': 'APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)',
    'X-Goog-Channel-ID': channel.id,
    'X-Goog-Channel-Expiration': new Date(channel.expiration).toUTCString(),
    'X-Goog-Message-Number': String(channel.number),
    'X-Goog-Resource-ID': channel.resourceId,
    'X-Goog-Resource-State': state,
    'X-Goog-Resource-URI': channel.resourceUri,
    ...(channel.token === '' ? {} : { 'X-Goog-Channel-Token': channel.token }),
  }
}

function readBody(body: JsonRecord, now: number, life: number) {
  const id = peekString(body, 'id')
  if (id === '') throw badRequest('Required', 'id', 'required')
  if (!/^[A-Za-z0-9\-_+/=]{1,64}$/.test(id)) throw badRequest('Invalid channel id.', 'id')
  const type = peekString(body, 'type')
  if (type !== 'web_hook' && type !== 'webhook') throw badRequest(`Unknown channel type ${type}`, 'type')
  const token = peekString(body, 'token')
  if (token.length > 256) throw badRequest('The token is too long.', 'token')
  return { id, token, address: readAddress(peekString(body, 'address')), expiration: readExpiration(body, now, life) }
}

/** The real service takes https alone; here a receiver of this machine may do without. */
function readAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return address
  const words = { reason: 'webhookUrlNotHttps', message: `WebHook callback must be HTTPS: ${address}` }
  throw new ApiError(400, { domain: 'push', ...words })
}

/** `expiration` in ms or `params.ttl` in seconds; what is asked beyond the longest life is cut to it. */
function readExpiration(body: JsonRecord, now: number, life: number): number {
  const asked = Number(body['expiration'] ?? Number.NaN)
  const ttl = Number(peek(body, 'params', 'ttl') ?? Number.NaN)
  const at = Number.isFinite(asked) ? asked : Number.isFinite(ttl) ? now + ttl * 1000 : now + life
  if (at <= now) throw badRequest('The expiration lies in the past.', 'expiration', 'channelExpirationInPast')
  return Math.min(Math.floor(at), now + life)
}

/** The resource of a channel; its expiration is a text of ms. */
export function showChannel({ id, resourceId, resourceUri, token, expiration }: Channel): JsonRecord {
  const own = token === '' ? {} : { token }
  return { kind: 'api#channel', id, resourceId, resourceUri, ...own, expiration: String(expiration) }
}
