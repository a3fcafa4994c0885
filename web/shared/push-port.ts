/** The browser's side of Web Push. */
export interface PushPort {
  current(): Promise<Subscription | null>
  /** `key` in base64url. */
  subscribe(key: string): Promise<Subscription>
}

export interface Subscription {
  readonly endpoint: string
  /** Whether it was made with this key. */
  hasKey(key: string): boolean
  toJSON(): unknown
  unsubscribe(): Promise<unknown>
}
