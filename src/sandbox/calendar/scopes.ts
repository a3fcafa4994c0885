/** Any of them suffices; under `https://www.googleapis.com/auth/`. */
export const WRITE_EVENTS = ['calendar', 'calendar.events', 'calendar.events.owned'] as const
export const READ_EVENTS = [...WRITE_EVENTS, 'calendar.readonly', 'calendar.events.readonly'] as const
export const WRITE_CALENDARS = ['calendar', 'calendar.calendars'] as const
export const READ_CALENDARS = [...WRITE_CALENDARS, 'calendar.readonly', 'calendar.calendars.readonly'] as const
export const WRITE_LIST = ['calendar', 'calendar.calendarlist'] as const
export const READ_LIST = [...WRITE_LIST, 'calendar.readonly', 'calendar.calendarlist.readonly'] as const
export const FREE_BUSY = ['calendar', 'calendar.readonly', 'calendar.freebusy', 'calendar.events.freebusy'] as const
/** Whoever may watch something may end the watch. */
export const STOP = [...new Set([...READ_EVENTS, ...READ_LIST])]
