import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EcError } from '#ec/core/errors.js'
import { readGoogleError } from '#ec/providers/google/google-error.js'

const NOW = Date.parse('2026-01-05T09:00:00Z')

/** The form of Calendar and of Gmail. */
const elder = (code: number, reason: string, message = 'As Google says', domain = 'global') => ({
  error: { code, message, errors: [{ domain, reason, message, locationType: 'parameter', location: 'syncToken' }] },
})
/** The form of Pub/Sub and of all that is newer (AIP-193). */
const newer = (code: number, status: string, reason?: string, metadata = {}) => ({
  error: {
    code,
    message: 'As Google says',
    status,
    details: reason === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, metadata }],
  },
})

function read(status: number, body: unknown, retryAfter: string | null = null): EcError {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return readGoogleError({ operation: 'events.list', status, retryAfter, body: text, now: NOW })
}

describe('what a refusal of Google means', () => {
  it.each([
    [401, elder(401, 'authError'), 'EC_ACCOUNT_SIGNED_OUT'],
    [401, '', 'EC_ACCOUNT_SIGNED_OUT'],
    [401, elder(401, 'webhookUrlUnauthorized', 'Unauthorized WebHook callback channel'), 'EC_PROVIDER'],
    // Pitfall 67: a 403 is no loss of rights before its reason was read.
    [403, elder(403, 'rateLimitExceeded', 'Rate Limit Exceeded', 'usageLimits'), 'EC_RATE_LIMITED'],
    [403, elder(403, 'userRateLimitExceeded', 'User Rate Limit Exceeded', 'usageLimits'), 'EC_RATE_LIMITED'],
    [403, elder(403, 'quotaExceeded', 'Calendar usage limits exceeded.', 'usageLimits'), 'EC_RATE_LIMITED'],
    [403, elder(403, 'dailyLimitExceeded', 'Daily Limit Exceeded', 'usageLimits'), 'EC_RATE_LIMITED'],
    [403, newer(403, 'PERMISSION_DENIED', 'RATE_LIMIT_EXCEEDED'), 'EC_RATE_LIMITED'],
    [429, newer(429, 'RESOURCE_EXHAUSTED'), 'EC_RATE_LIMITED'],
    [429, '<html>slow down</html>', 'EC_RATE_LIMITED'],
    [403, elder(403, 'insufficientPermissions'), 'EC_SCOPE_MISSING'],
    [403, newer(403, 'PERMISSION_DENIED', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'), 'EC_SCOPE_MISSING'],
    [403, elder(403, 'accessNotConfigured'), 'EC_API_DISABLED'],
    [403, newer(403, 'PERMISSION_DENIED', 'SERVICE_DISABLED'), 'EC_API_DISABLED'],
    [403, elder(403, 'domainPolicy'), 'EC_ORG_POLICY'],
    [403, elder(403, 'forbidden'), 'EC_PROVIDER'],
    [403, '', 'EC_PROVIDER'],
    [404, elder(404, 'notFound'), 'EC_TARGET_GONE'],
    [404, newer(404, 'NOT_FOUND'), 'EC_TARGET_GONE'],
    [410, elder(410, 'fullSyncRequired', 'Sync token is no longer valid', 'calendar'), 'EC_CURSOR_EXPIRED'],
    [410, elder(410, 'updatedMinTooLongAgo', 'Too long ago', 'calendar'), 'EC_CURSOR_EXPIRED'],
    [410, elder(410, 'deleted'), 'EC_TARGET_GONE'],
    [400, elder(400, 'pushNotSupportedForRequestedResource'), 'EC_NOT_WATCHABLE'],
    [403, elder(403, 'pushNotSupportedForRequestedResource'), 'EC_NOT_WATCHABLE'],
    [400, elder(400, 'invalid'), 'EC_PROVIDER'],
    [500, elder(500, 'backendError'), 'EC_PROVIDER'],
    [503, '<!doctype html><title>Error 503</title>', 'EC_PROVIDER'],
    [400, { error: 'invalid_grant', error_description: 'Bad Request' }, 'EC_PROVIDER'],
  ])('is read of %i %j', (status, body, code) => {
    expect(read(status, body)).toMatchObject({ code, details: { google_status: status } })
  })

  it('waits as long as Google asks, by seconds, fractions or date, and a minute when it asks for nothing', () => {
    const body = elder(429, 'rateLimitExceeded')
    const waits = ['7', '1.5', 'Mon, 05 Jan 2026 09:00:30 GMT', null, 'soon'].map(text => read(429, body, text))
    expect(waits.map(({ retryAfterMs }) => retryAfterMs)).toEqual([7_000, 1_500, 30_000, 60_000, 60_000])
    expect(read(403, elder(403, 'dailyLimitExceeded')).retryAfterMs).toBe(3_600_000)
    expect(read(503, '', '20')).toMatchObject({ retryAfterMs: 20_000, category: 'unreachable' })
  })

  it('tells where an API is enabled, by the address that Google gives and no other', () => {
    const url = 'https://console.developers.google.com/apis/api/calendar-json.googleapis.com/overview?project=1'
    const said = elder(403, 'accessNotConfigured', `It is disabled. Enable it by visiting ${url} then retry.`)
    expect(read(403, said).hint).toBe(`enable it at ${url}`)
    const told = newer(403, 'PERMISSION_DENIED', 'SERVICE_DISABLED', { activationUrl: url })
    expect(read(403, told).hint).toBe(`enable it at ${url}`)
    const bad = newer(403, 'PERMISSION_DENIED', 'SERVICE_DISABLED', { activationUrl: 'https://evil.example/' })
    expect(read(403, bad).hint).toBe('enable it at https://console.cloud.google.com/apis/library')
  })

  it('says what was asked and what came, on one clean line', () => {
    expect(read(404, elder(404, 'notFound', 'Not\u001b[31m\nFound')).message).toBe(
      'google answered events.list with 404: Not [31m Found',
    )
    expect(read(502, '').message).toBe('google answered events.list with 502')
    expect(read(400, elder(400, 'invalid')).details).toEqual({
      google_status: 400,
      google_reason: 'invalid',
      google_location: 'syncToken',
    })
  })

  it('makes an error of ours of whatever comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        expect(read(status, body)).toBeInstanceOf(EcError)
        expect(read(status, `{"error":${JSON.stringify(body)}}`)).toBeInstanceOf(EcError)
      }),
    )
  })
})
