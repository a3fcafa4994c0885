import type { Level } from './event.ts'

export const KEY_SCOPES = ['emit', 'read', 'operate'] as const
export type KeyScope = (typeof KEY_SCOPES)[number]

/** What a service may do. The key itself is shown once and kept only as its SHA-256. */
export interface ServiceKey {
  readonly id: string
  readonly name: string
  readonly scopes: readonly KeyScope[]
  /** Type patterns that it may emit, as `deploy.*`; empty = all. */
  readonly types: readonly string[]
  /** Users that it may emit to; empty = all. */
  readonly users: readonly string[]
  readonly maxLevel: Level | null
  /** Where answers to its questions go. */
  readonly callbackUrl: string | null
  readonly createdAt: number
  readonly revokedAt: number | null
}
