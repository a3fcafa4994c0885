import type { Endpoints } from '../../core/endpoints.ts'

export interface GoogleUrls {
  /** The page on which a person consents. */
  readonly authorize: string
  readonly token: string
  readonly revoke: string
  readonly userinfo: string
  /** Below it the paths are Gmail's own: `/gmail/v1/...`. */
  readonly gmail: string
  /** Below it the paths are Pub/Sub's own: `/v1/projects/...`. */
  readonly pubsub: string
}

/** Where Google is spoken to: at its own addresses (https://accounts.google.com/.well-known/openid-configuration), or elsewhere. */
export function googleUrls(endpoints: Endpoints): GoogleUrls {
  const { googleAuthUrl, googleTokenUrl, googleBaseUrl, pubsubBaseUrl } = endpoints
  const token = googleTokenUrl ?? 'https://oauth2.googleapis.com/token'
  return {
    authorize: googleAuthUrl ?? 'https://accounts.google.com/o/oauth2/v2/auth',
    token,
    revoke: new URL('revoke', token).href,
    userinfo: `${trimmed(googleBaseUrl) ?? 'https://www.googleapis.com'}/oauth2/v3/userinfo`,
    gmail: trimmed(googleBaseUrl) ?? 'https://gmail.googleapis.com',
    pubsub: trimmed(pubsubBaseUrl) ?? 'https://pubsub.googleapis.com',
  }
}

function trimmed(url: string | null): string | null {
  return url?.replace(/\/+$/, '') ?? null
}
