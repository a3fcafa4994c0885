import type { Endpoints } from '../../core/endpoints.ts'
import type { ErrorCode } from '../../core/error-codes.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { NotificationRecord, RawRequest } from '../../core/notification.ts'
import type { Resource } from '../../core/resource.ts'

/**
 * The door for webhooks. Pure, but for the keys that a service publishes, which `verify` may fetch through its context:
 * same request, same secrets, same instant, same answer.
 */
export interface Receiver {
  /** The most that the provider documents it sends; more is refused with 413. */
  readonly maxBodyBytes: number
  /** What the sender gets, where it differs from 202 for accepted and 400 for authentic but malformed. */
  readonly statuses?: { readonly accepted?: number; readonly malformed?: number }
  /**
   * What proves a request. `secret`, the usual: one that the resource shares with the service, made with the resource
   * unless it is given. `handshake`: the service sends it in a challenge. `key`: the service signs with keys that it
   * publishes; the resource has no secret, and `secrets` is empty.
   */
  readonly proof?: 'secret' | 'handshake' | 'key'
  /**
   * What the proof vouches for. `body`, the usual: every byte of it. `sender`: who sends, as a token or a shared word
   * does; the bytes of the body are nobody's concern then.
   */
  readonly vouchesFor?: 'body' | 'sender'
  /** Settings that `ec resources add --set` takes, with one line of help each. */
  readonly settings: Readonly<Record<string, string>>
  /** Settings that are secrets, several separated by commas: they are sealed and never shown. */
  readonly secretSettings?: Readonly<Record<string, string>>
  /** Paths below the resource's own that it answers too, as `lifecycle`. */
  readonly subpaths?: readonly string[]
  /** Headers to keep with a notification, in lower case; never one that carries a secret. */
  readonly keepHeaders: readonly string[]
  /**
   * What a resource lacks before anything that it gets can be believed, and the next step; null = nothing. `webhookUrl`
   * is where the outside reaches it; null when no public URL is set.
   */
  lacks?(resource: Resource, webhookUrl: string | null): { readonly what: string; readonly next: string } | null
  /** Makes a secret of random bytes, where the service's libraries want a form of their own; else base64url. */
  makeSecret?(bytes: Uint8Array): string
  /** A request by which the service asks whether the URL is ours; null for any other. It makes no notification. */
  challenge?(request: RawRequest, resource: Resource, now: number): Challenge | ChallengeRefusal | null
  /**
   * Checks the raw bytes before anything is parsed, in constant time for each secret. `secrets` is empty only where
   * `proof` is `key`. Rejects with a retryable error when published keys cannot be had.
   */
  verify(
    request: RawRequest,
    secrets: readonly string[],
    resource: Resource,
    now: number,
    ctx: VerifyContext,
  ): Verdict | Promise<Verdict>
  /** Reads an authentic request. */
  parse(request: RawRequest, resource: Resource, secrets: readonly string[]): ParseResult
  /**
   * Whether a request that came by an older path, which names no resource, can be for this one, by what it says of
   * itself. Asked before it is verified. None = any.
   */
  concerns?(request: RawRequest, resource: Resource): boolean
  /** The events for the owner that a notification makes; none for one that says nothing, as a ping. Never throws. */
  describe(notification: NotificationRecord, resource: Resource): readonly EventInput[]
}

/** What `verify` may use beside the request. */
export interface VerifyContext {
  /** Metered; fetches the keys that a service publishes. */
  readonly fetch: typeof fetch
  readonly endpoints: Endpoints
  /** Where the outside reaches the resource; null when no public URL is set. */
  readonly webhookUrl: string | null
}

/** How long after the making of its resource a handshake is believed. */
export const HANDSHAKE_WINDOW_MS = 15 * 60_000

export interface Challenge {
  readonly answer: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body: string
  }
  /** From here on the resource's secret. Taken once, while it has none. */
  readonly secret?: string
}

/** A challenge that is not believed: answered with 401 and kept in quarantine, without its body, which holds a secret. */
export interface ChallengeRefusal {
  /** Why, in words; never the secret. */
  readonly refused: string
}

export type Verdict =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly code: Extract<ErrorCode, 'EC_SIGNATURE_MISSING' | 'EC_SIGNATURE_INVALID'>
      /** What was looked at, expected and found, in words; never the secret. */
      readonly detail: string
      /** What to keep of the body in quarantine, where the proof stands in it; none = all. */
      readonly body?: Uint8Array
    }

export type ParseResult =
  | {
      readonly ok: true
      readonly items: readonly ParsedNotification[]
      /** Of a batch, those that are not taken while others are. They go to quarantine. */
      readonly refused?: readonly RefusedItem[]
    }
  | { readonly ok: false; readonly detail: string }

export interface ParsedNotification {
  /** Makes it idempotent within the resource. */
  readonly key: string
  /** The provider's own word: `push`, `BOOKING_CREATED`. */
  readonly kind: string
  /** Of a batch, the part that is this notification, in the form of a request of its own; none = the whole body. */
  readonly body?: Uint8Array
}

export interface RefusedItem {
  readonly reason: Extract<ErrorCode, 'EC_SIGNATURE_MISSING' | 'EC_SIGNATURE_INVALID' | 'EC_NOTIFICATION_MALFORMED'>
  readonly detail: string
  /** Its part of the batch. */
  readonly body: Uint8Array
}
