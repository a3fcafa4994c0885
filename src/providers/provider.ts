import type { CheckResult } from '../core/check.ts'
import type { Clock } from '../core/clock.ts'
import type { EventInput } from '../core/event-schema.ts'
import type { Log } from '../core/log.ts'
import type { NotificationRecord, RawRequest } from '../core/notification.ts'
import type { Resource } from '../core/resource.ts'
import type { ErrorCode } from '../core/error-codes.ts'

/**
 * A service that `ec` speaks with. Every group but the name is optional; a missing group means that the service cannot
 * do it. Neither `receiver` nor `stream` = polling by construction.
 */
export interface Provider {
  /** The word in URLs, the CLI and the store: `github`. */
  readonly id: string
  readonly title: string
  readonly receiver?: Receiver
  checks?(ctx: ProviderContext): Promise<readonly CheckResult[]>
}

/** What a provider's code works with; it reads no clock, environment or network of its own. */
export interface ProviderContext {
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

/** The door for webhooks. All of it is pure: same request, same secrets, same instant, same answer. */
export interface Receiver {
  /** The most that the provider documents it sends; more is refused with 413. */
  readonly maxBodyBytes: number
  /** What the sender gets, where it differs from 202 for accepted and 400 for authentic but malformed. */
  readonly statuses?: { readonly accepted?: number; readonly malformed?: number }
  /** Settings that `ec resources add --set` takes, with one line of help each. */
  readonly settings: Readonly<Record<string, string>>
  /** Headers to keep with a notification, in lower case; never one that carries a secret. */
  readonly keepHeaders: readonly string[]
  /**
   * Checks the raw bytes before anything is parsed, in constant time for each secret. `secrets` is never empty.
   */
  verify(request: RawRequest, secrets: readonly string[], resource: Resource, now: number): Verdict
  /** Reads an authentic request. */
  parse(request: RawRequest, resource: Resource): ParseResult
  /** The events for the owner that a notification makes; none for one that says nothing, as a ping. Never throws. */
  describe(notification: NotificationRecord, resource: Resource): readonly EventInput[]
}

export type Verdict =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly code: Extract<ErrorCode, 'EC_SIGNATURE_MISSING' | 'EC_SIGNATURE_INVALID'>
      /** What was looked at, expected and found, in words; never the secret. */
      readonly detail: string
    }

export type ParseResult =
  { readonly ok: true; readonly items: readonly ParsedNotification[] } | { readonly ok: false; readonly detail: string }

export interface ParsedNotification {
  /** Makes it idempotent within the resource. */
  readonly key: string
  /** The provider's own word: `push`, `BOOKING_CREATED`. */
  readonly kind: string
}
