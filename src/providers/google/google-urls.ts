import type { Endpoints } from '../../core/endpoints.ts'

export interface GoogleUrls {
  /** The page on which a person consents. */
  readonly authorize: string
  readonly token: string
  readonly revoke: string
  readonly userinfo: string
}

/** Where Google's sign-in is spoken to: at its own addresses (https://accounts.google.com/.well-known/openid-configuration), or elsewhere. */
export function googleUrls(endpoints: Endpoints): GoogleUrls {
  const { googleAuthUrl, googleTokenUrl, googleBaseUrl } = endpoints
  const token = googleTokenUrl ?? 'https://oauth2.googleapis.com/token'
  return {
    authorize: googleAuthUrl ?? 'https://accounts.google.com/o/oauth2/v2/auth',
    token,
    revoke: new URL('revoke', token).href,
    userinfo: `${googleBaseUrl?.replace(/\/+$/, '') ?? 'https://www.googleapis.com'}/oauth2/v3/userinfo`,
  }
}
