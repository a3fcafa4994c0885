import type { CalendarService } from './calendar/calendar-service.ts'
import type { GmailService } from './gmail/gmail-service.ts'

export interface NewAccount {
  readonly email: string
  readonly timeZone?: string
  /** Where the history of the mailbox begins; digits, as many as you like. */
  readonly historyId?: string
}

/** The people who have an account: a calendar that goes by their address, and a mailbox. */
export interface Accounts {
  add(account: NewAccount): void
  has(email: string): boolean
  /** Who is meant when nobody is named. */
  readonly first: string
  list(): readonly string[]
}

const MAX_ACCOUNTS = 200

export function createAccounts(calendar: CalendarService, gmail: GmailService): Accounts {
  const emails: string[] = []
  return {
    add({ email, timeZone = 'Europe/Madrid', historyId }) {
      if (emails.includes(email)) throw new RangeError(`${email} has an account already`)
      if (emails.length >= MAX_ACCOUNTS) throw new RangeError(`there are ${MAX_ACCOUNTS} accounts already`)
      emails.push(email)
      calendar.calendars.add({ id: email, owner: email, summary: email, timeZone })
      gmail.addMailbox(email, historyId === undefined ? undefined : BigInt(historyId))
    },
    has: email => emails.includes(email),
    get first() {
      return emails[0] ?? ''
    },
    list: () => [...emails],
  }
}
