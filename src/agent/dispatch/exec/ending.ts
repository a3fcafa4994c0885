/** How a command ended. */
export type Ending =
  | { readonly type: 'exited'; readonly code: number }
  /** Somebody else ended it. */
  | { readonly type: 'killed'; readonly signal: string }
  /** We ended it: its time was over. */
  | { readonly type: 'late' }
  /** We ended it, or never started it: the agent was stopping. */
  | { readonly type: 'stopped' }
  /** The system's error code. */
  | { readonly type: 'unstartable'; readonly code: string }
