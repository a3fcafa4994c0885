import type { Config } from './config.ts'
import { environmentName } from './config-keys.ts'
import type { NamedUrl } from './judge-endpoints.ts'

/** Where the services are spoken to, when not at their own addresses (null): tests, the sandbox, national clouds. */
export interface Endpoints {
  /** Below it the paths are Google's own: `/calendar/v3/...`, `/gmail/v1/...`. */
  readonly googleBaseUrl: string | null
  /** Where a code or a refresh token becomes an access token; `/revoke` beside it ends a consent. */
  readonly googleTokenUrl: string | null
  /** The page on which a person consents. */
  readonly googleAuthUrl: string | null
  /** The keys by which Google signs: a JWKS, or a map of certificates. */
  readonly googleCertsUrl: string | null
  readonly pubsubBaseUrl: string | null
}

export function readEndpoints({ google, pubsub }: Pick<Config, 'google' | 'pubsub'>): Endpoints {
  return {
    googleBaseUrl: google.base_url,
    googleTokenUrl: google.token_url,
    googleAuthUrl: google.auth_url,
    googleCertsUrl: google.certs_url,
    pubsubBaseUrl: pubsub.base_url,
  }
}

/** Those that are set, by the variables that set them. */
export function namedEndpoints({ google, pubsub }: Pick<Config, 'google' | 'pubsub'>): readonly NamedUrl[] {
  const urls = {
    'google.base_url': google.base_url,
    'google.token_url': google.token_url,
    'google.auth_url': google.auth_url,
    'google.certs_url': google.certs_url,
    'pubsub.base_url': pubsub.base_url,
  }
  return Object.entries(urls).flatMap(([path, url]) => (url === null ? [] : [{ name: environmentName(path), url }]))
}
