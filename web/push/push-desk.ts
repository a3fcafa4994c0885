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
  /**
   * The person signs out: nothing that is meant for them shows here any more. Nothing is remembered as switched off, so
   * the next person is asked anew. Call it before the session ends.
   */
  signOut(): Promise<PushState>
  /**
   * Hears of clicks on notifications that lead to this page: now, and the one that opened it. A listener that answers
   * true has shown the event, and the page is led nowhere.
   */
  onClick(listener: (click: PushClick) => boolean | void): () => void
  /** What undoes `denied`, or leads on from `install-first`, in this browser and language; loaded when it is asked for. */
  explain(): Promise<Guide>
  /** Nothing is heard any more. */
  close(): void
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

/** A notification was clicked. */
export interface PushClick {
  /** The event's id; null for a notification of none. */
  readonly event: string | null
  /** Where it leads. */
  readonly url: string
}

/** What a person does, step by step. */
export interface Guide {
  readonly title: string
  readonly steps: readonly string[]
}
