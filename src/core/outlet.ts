/**
 * A place outside that the operator has set up for events: a command or a webhook. It stands in the configuration alone;
 * neither the API nor an event can make or change one. (snake_case is the file's own.)
 */
export interface Outlet {
  /** Among all outlets of all channels. */
  readonly name: string
  /** Whose events it takes; everybody's unless given. */
  readonly users?: readonly string[] | undefined
  /** Type patterns, as `deploy.*`; all types but progress unless given. */
  readonly types?: readonly string[] | undefined
}

export interface CommandOutlet extends Outlet {
  /** The program and its arguments, as they are: no shell reads them. */
  readonly command: readonly string[]
  readonly timeout_s: number
}

export interface WebhookOutlet extends Outlet {
  readonly url: string
  /** A file with the secret, `whsec_` and base64; one a line while it is being replaced, the newest first. */
  readonly secret_file?: string | undefined
  /** The environment variable that holds it. */
  readonly secret_env?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly allow_http: boolean
  /** It may be in a network of one's own, or on this machine. */
  readonly allow_private: boolean
}
