/** Patterns of the event contract that commands check too, kept apart so that they need no schema library for it. */
export const USER_ID = /^[A-Za-z0-9._@-]{1,128}$/
/** Built-in types are dotted too, so one pattern holds for all. */
export const EVENT_TYPE = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+$/
/** A type, or the start of types: `task.*`. */
export const EVENT_PATTERN = /^(\*|[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?)$/
