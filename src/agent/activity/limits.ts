/** Every limit and interval of the activity feed, with its reason. */
export const LIMITS = {
  /** A cockpit or two for each operator; each costs a backlog of memory at most. */
  followers: 16,
  /** What is gathered before a look, so that a notification is shown with what came of it. */
  gatherMs: 100,
  /** The eye sees no more, and the store has other things to do. */
  lookEveryMs: 250,
  /** A sign of life, and figures that change without an arrival. */
  beatMs: 5_000,
  /** Rows of each kind in a first frame: enough to fill a screen. */
  firstRows: 50,
  /** Rows of each kind that one frame takes; nobody reads more in a quarter of a second. */
  rows: 200,
  /** About how many characters of events one frame takes: 200 of the largest would be 6 MiB. */
  frameChars: 256 * 1024,
  /** Changed events that wait to be told: as many as a cockpit keeps. Beyond it the oldest stay as they were told. */
  remembered: 1000,
  /** Whoever leaves this much unread is gone. */
  backlogBytes: 1024 * 1024,
} as const
