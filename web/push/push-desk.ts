/** Notifications while no page is open, for this browser. */
export interface PushDesk {
  readonly state: PushState
  subscribe(listener: (state: PushState) => void): () => void
  /**
   * Brings permission, subscription, key and the agent's record in step; asks nobody anything. Called on each load.
   * Never brings back a browser that the person switched off here.
   */
  reconcile(): Promise<PushState>
  /** Asks for permission and subscribes. Only from a click: browsers ignore other callers. Resolves within 30 s. */
  enable(): Promise<PushState>
  /** Ends it here and at the agent. */
  disable(): Promise<PushState>
  /** Whether the soft question may be put now: it could be enabled, and was not put off within 30 days. */
  mayAsk(): boolean
  /** The soft question was put off. */
  putOff(): void
}

export interface PushState {
  readonly status:
    | 'unknown'
    | 'on'
    | 'off'
    /** The person switched it off here. */
    | 'switched-off'
    /** The browser was told to let nothing of this site through. */
    | 'denied'
    /** No https. */
    | 'insecure'
    | 'unsupported'
    /** iOS takes pushes only in an app on the home screen. */
    | 'install-first'
    /** The agent has no key for push yet. */
    | 'no-key'
    | 'failed'
  /** `dev_...` once the agent knows this browser. */
  readonly device: string | null
  /** Why it failed, for the operator; null unless `failed`. */
  readonly problem: string | null
}
