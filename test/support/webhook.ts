import type { NotificationRecord, RawRequest } from '#ec/core/notification.js'
import type { Resource } from '#ec/core/resource.js'
import type { VerifyContext } from '#ec/providers/provider.js'

export const RECEIVED_AT = Date.parse('2026-01-05T09:00:00.000Z')

export function aResource(provider: string, settings: Readonly<Record<string, string>> = {}): Resource {
  return {
    id: '0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d9e',
    provider,
    userId: 'ana',
    name: provider,
    settings,
    state: 'healthy',
    paused: false,
    hasSecret: true,
    accountId: null,
    target: null,
    createdAt: RECEIVED_AT,
    lastNotificationAt: null,
  }
}

export function aRequest(
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | string,
  provider = 'github',
): RawRequest {
  return {
    method: 'POST',
    url: `/webhooks/${provider}/0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d9e`,
    headers,
    body: typeof body === 'string' ? Buffer.from(body) : body,
    remoteAddress: '127.0.0.1',
  }
}

/** A stored notification as the job finds it; `body` as text, bytes, or anything that JSON can carry. */
export function aNotification(
  provider: string,
  kind: string,
  body: unknown,
  rest: Partial<NotificationRecord> = {},
): NotificationRecord {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return {
    id: 'ntf_0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d9e',
    provider,
    resourceId: '0192f0c1-7d1e-7c3a-9a51-3f6a2b1c0d9e',
    key: 'k1',
    kind,
    state: 'accepted',
    receivedAt: RECEIVED_AT,
    processedAt: null,
    reason: null,
    detail: null,
    headers: { 'content-type': 'application/json' },
    body: bytes,
    ...rest,
  }
}

/** Nothing can be fetched, unless a test says what. */
export function aVerifyContext(over: Partial<VerifyContext> = {}): VerifyContext {
  return {
    fetch: () => Promise.reject(new Error('this test reaches no network')),
    endpoints: NO_ENDPOINTS,
    webhookUrl: null,
    ...over,
  }
}

/** Every service at its own address. */
export const NO_ENDPOINTS = {
  googleBaseUrl: null,
  googleTokenUrl: null,
  googleAuthUrl: null,
  googleCertsUrl: null,
  pubsubBaseUrl: null,
}
