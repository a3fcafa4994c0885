/** Where the services are spoken to, when not at their own addresses: tests, the sandbox, national clouds. */
export interface Endpoints {
  /** The keys by which Google signs: a JWKS, or a map of certificates. */
  readonly googleCertsUrl: string | null
}
