import type { EventInput } from '../../../core/event-schema.ts'

/** A type of which a person opened so few pushes that they have stopped. */
export interface Governed {
  readonly userId: string
  readonly type: string
  readonly sent: number
  readonly opened: number
}

/** Tells the person what has changed, and how it is taken back. */
export function governorAlert({ userId, type, sent, opened }: Governed): EventInput {
  const how = opened === 0 ? 'None' : `${opened}`
  return {
    user_id: userId,
    type: 'system.alert',
    level: 'info',
    title: `No more pushes of ${type}`,
    body: `${how} of the last ${sent} ${opened === 1 ? 'was' : 'were'} opened within a day. They still stand in the history, on open pages and, if you get mail, in your digest. \`ec prefs keep --user ${userId} --type ${type}\` brings the pushes back.`,
    service: 'ec',
    collapse_key: `push-governor:${type}`,
    data: { type, sent, opened },
  }
}
