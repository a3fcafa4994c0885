import { createHash } from 'node:crypto'
import { isRecord, peekInteger, peekString, type JsonRecord } from '../../core/peek.ts'

/** Where a client stands in a calendar, or in a list of calendars. */
export interface SyncPoint {
  readonly of: string
  readonly epoch: string
  readonly version: number
  /** Of the parameters of the first list. */
  readonly params: string
  readonly issuedAt: number
}

/** A page of a list that goes on. */
export interface PagePoint {
  readonly of: string
  readonly params: string
  /** The version of which the list is a list of changes since; -1 = of everything. */
  readonly since: number
  /** The version at the first page: the token of the last page speaks of it. */
  readonly snapshot: number
  /** The key of the last item that was given. */
  readonly after: string
  /** The page before was empty, so this one is not. */
  readonly isSolid: boolean
}

export function writeSyncToken({ of, epoch, version, params, issuedAt }: SyncPoint): string {
  return encode('s', { o: hashOf(of), e: epoch, v: version, p: params, t: issuedAt })
}

/** Null for what is no sync token of this thing. */
export function readSyncToken(token: string, of: string): SyncPoint | null {
  const found = decode('s', token)
  const version = peekInteger(found, 'v')
  const issuedAt = peekInteger(found, 't')
  if (version === null || issuedAt === null || peekString(found, 'o') !== hashOf(of)) return null
  return { of, epoch: peekString(found, 'e'), version, params: peekString(found, 'p'), issuedAt }
}

export function writePageToken({ of, params, since, snapshot, after, isSolid }: PagePoint): string {
  return encode('p', { o: hashOf(of), p: params, f: since, s: snapshot, a: after, e: isSolid ? 1 : 0 })
}

export function readPageToken(token: string, of: string): PagePoint | null {
  const found = decode('p', token)
  const since = peekInteger(found, 'f')
  const snapshot = peekInteger(found, 's')
  if (since === null || snapshot === null || peekString(found, 'o') !== hashOf(of)) return null
  const rest = { params: peekString(found, 'p'), after: peekString(found, 'a'), isSolid: peekInteger(found, 'e') === 1 }
  return { of, since, snapshot, ...rest }
}

/** Of parameters in any order. */
export function hashParams(params: URLSearchParams, but: ReadonlySet<string>): string {
  const kept = [...params].filter(([name]) => !but.has(name)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return hashOf(JSON.stringify(kept))
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 12)
}

function encode(kind: string, value: JsonRecord): string {
  return `${kind}${Buffer.from(JSON.stringify(value)).toString('base64url')}=`
}

function decode(kind: string, token: string): JsonRecord | null {
  if (!token.startsWith(kind)) return null
  try {
    const value: unknown = JSON.parse(Buffer.from(token.slice(1), 'base64url').toString('utf8'))
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}
