/** How the services are reached. Below a base the path is the service's own. */
export interface SandboxUrls {
  /** The configuration that points `ec` here. */
  readonly env: Readonly<Record<string, string>>
  readonly google: string
  readonly token: string
  readonly certs: string
  readonly pubsub: string
  readonly authorize: string
  readonly revoke: string
  readonly userinfo: string
  readonly control: string
}

export function sandboxUrls(root: string): SandboxUrls {
  const token = `${root}/token`
  const certs = `${root}/oauth2/v3/certs`
  return {
    env: {
      EC_GOOGLE_BASE_URL: root,
      EC_GOOGLE_TOKEN_URL: token,
      EC_GOOGLE_AUTH_URL: `${root}/o/oauth2/v2/auth`,
      EC_GOOGLE_CERTS_URL: certs,
      EC_PUBSUB_BASE_URL: root,
    },
    google: root,
    token,
    certs,
    pubsub: root,
    authorize: `${root}/o/oauth2/v2/auth`,
    revoke: `${root}/revoke`,
    userinfo: `${root}/oauth2/v3/userinfo`,
    control: `${root}/_sandbox`,
  }
}
