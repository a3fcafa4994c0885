/**
 * The few values that the pages of a site and its service worker share, kept in the browser. Whoever reads parses: a value
 * may be of another version of this code. Both reject where the browser keeps nothing.
 */
export interface Box {
  /** `undefined` when there is none. */
  read(key: BoxKey): Promise<unknown>
  /** Changes a value in one step, whoever else changes it; `undefined` removes it. */
  change(key: BoxKey, change: (value: unknown) => unknown): Promise<void>
}

/**
 * `record`: who this browser is to the agent. `outbox`: what the agent is still to be told. `shown`: events that were shown
 * last. `click`: what a page is to know that is just being opened.
 */
export type BoxKey = 'record' | 'outbox' | 'shown' | 'click'
