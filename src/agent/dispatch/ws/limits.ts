/** Every limit and interval of live delivery, with its reason. */
export const LIMITS = {
  /** One frame from a client: the longest holds 1,000 ids. */
  maxPayloadBytes: 64 * 1024,
  socketsPerUser: 20,
  idsPerMessage: 1000,
  messages: { burst: 60, perSecond: 30 },
  /** Frames that cannot be understood; a client that sends more is broken, and is told so by the close. */
  malformedMessages: 10,
  authenticateWithinMs: 5000,
  /** Sockets that have not said yet who they are; they cost memory and prove nothing. */
  unauthenticatedSockets: 1000,
  pingEveryMs: 25_000,
  pongWithinMs: 8000,
  closeWithinMs: 5000,
  /** A client says what is seen of it with each pong; one that missed two is taken for one that nobody looks at. */
  sightMs: 45_000,
  /** What is read of a user's stream at once. */
  page: 300,
  /** Frames are gathered up to about this many characters for one send. */
  chunkChars: 64 * 1024,
  /** With more than this waiting for the network, a client gets what comes next from the store, once it has caught up. */
  pauseBytes: 256 * 1024,
  /**
   * The most that one turn sends to a client in one piece, in characters, of up to 3 bytes; what is more comes from the
   * store, page by page.
   */
  turnChars: 128 * 1024,
  /** A client that is this far behind and does not catch up is closed; it comes back with its cursor. */
  backlogBytes: 1024 * 1024,
  /** Looks, a second apart: at a client beyond the backlog that takes nothing at all, and at one that is too slow. */
  stalledLooks: 2,
  slowLooks: 10,
  progressEveryMs: 500,
  /** Events of which a room remembers the number, to know what an acknowledgement speaks of. */
  remembered: 64,
  /** A connection by a browser's session is looked at anew after this. */
  loginMs: 12 * 3600 * 1000,
  /** Sessions of browsers that are known to have ended just now. */
  signedOut: 1000,
  /** Reconnections a second that the agent takes with ease; a drain spreads its clients accordingly. */
  reconnectsPerSecond: 500,
} as const

/** 4000-4399: come back, after a while; 4400-4499: do not, something must change first. */
export const CLOSE = {
  shutdown: 4001,
  expired: 4005,
  slow: 4008,
  stateLost: 4010,
  noPong: 4012,
  tooManyMessages: 4013,
  badToken: 4400,
  badRequest: 4401,
  unauthenticated: 4402,
  forced: 4403,
  tooManySockets: 4404,
} as const
