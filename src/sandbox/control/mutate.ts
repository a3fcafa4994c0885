import type { JsonRecord } from '../../core/peek.ts'
import type { Calendar } from '../calendar/calendars.ts'
import type { StoredEvent } from '../calendar/event.ts'
import { showEvent } from '../calendar/show-event.ts'
import { showInstant } from '../calendar/when.ts'
import { deleteEvent, insertEvent, moveEvent, patchEvent, type WriteContext } from '../calendar/write-event.ts'
import { showCalendar } from '../calendar/calendar-lists.ts'
import type { Mailbox } from '../gmail/mailbox.ts'
import { headerOf } from '../gmail/search-mail.ts'
import { showMail } from '../gmail/show-mail.ts'
import { notFound } from '../http/api-error.ts'
import type { Services } from '../services.ts'
import type { Action } from './action.ts'

/** Does one thing from behind, pushes and all; gives what came of it. Throws an `ApiError` as the service would. */
export function mutate(services: Services, action: Action): JsonRecord {
  const account = 'account' in action && action.account !== undefined ? action.account : services.accounts.first
  switch (action.do) {
    case 'event.create':
      return write(services, account, action.calendar, ctx => insertEvent(ctx, filled(ctx, action.event)))
    case 'event.patch':
      return write(services, account, action.calendar, ctx => patchEvent(ctx, action.id, action.event))
    case 'event.delete':
      return write(services, account, action.calendar, ctx => deleteEvent(ctx, action.id))
    case 'event.move': {
      const target = calendarOf(services, account, action.destination)
      const moved = write(services, account, action.calendar, ctx => moveEvent(ctx, action.id, target))
      services.calendar.changed(target)
      return moved
    }
    case 'calendar.create':
    case 'calendar.delete':
    case 'calendar.share':
    case 'calendar.expire-tokens':
    case 'list.expire-tokens':
    case 'channel.mute':
      return changeCalendars(services, account, action)
    case 'mail.receive':
    case 'mail.label':
    case 'mail.delete':
    case 'mail.expire-history':
      return changeMail(services, account, action)
    case 'grant.revoke':
      services.grants.revokeAccount(account)
      return { account }
    case 'keys.rotate':
      services.keys.rotate()
      return {}
    case 'account.add': {
      const { email, time_zone: timeZone, history_id: historyId } = action
      services.accounts.add({
        email,
        ...(timeZone === undefined ? {} : { timeZone }),
        ...(historyId === undefined ? {} : { historyId }),
      })
      return { email }
    }
    default:
      return action satisfies never
  }
}

function write(
  { calendar: service }: Services,
  account: string,
  id: string,
  work: (ctx: WriteContext) => StoredEvent,
): JsonRecord {
  const calendar = service.calendars.get(id === 'primary' ? account : id)
  if (calendar === undefined) throw notFound()
  const event = work(service.writing(calendar, account))
  service.changed(calendar)
  return showEvent(calendar, event, { account, role: 'owner', zone: calendar.traits.timeZone })
}

function filled({ calendar, now }: WriteContext, event: JsonRecord): JsonRecord {
  const zone = calendar.traits.timeZone
  const hour = Math.ceil(now / 3_600_000) * 3_600_000
  const at = (ms: number): JsonRecord => ({ dateTime: showInstant(hour + ms, zone), timeZone: zone })
  const times = event['start'] === undefined ? { start: at(0), end: at(1_800_000) } : {}
  return { summary: 'A new meeting', ...times, ...event }
}

function calendarOf({ calendar }: Services, account: string, id: string): Calendar {
  const found = calendar.calendars.get(id === 'primary' ? account : id)
  if (found === undefined) throw notFound()
  return found
}

type CalendarAction = Extract<Action, { do: `calendar.${string}` | `list.${string}` | `channel.${string}` }>

function changeCalendars(services: Services, account: string, action: CalendarAction): JsonRecord {
  const { calendars, lists, channels } = services.calendar
  switch (action.do) {
    case 'calendar.create': {
      const { summary, time_zone: timeZone, watchable: isWatchable, id } = action
      const own = id === undefined ? {} : { id }
      return showCalendar(calendars.add({ owner: account, summary, timeZone, isWatchable, ...own }))
    }
    case 'calendar.delete':
      calendars.remove(calendarOf(services, account, action.calendar))
      return { id: action.calendar }
    case 'calendar.share':
      calendars.share(calendarOf(services, account, action.calendar), action.with, action.role)
      return { id: action.calendar, with: action.with, role: action.role }
    case 'calendar.expire-tokens': {
      const { id, book } = calendarOf(services, account, action.calendar)
      book.expireTokens(`${book.epoch}+`)
      return { id }
    }
    case 'list.expire-tokens':
      lists.expireTokens(account)
      return { account }
    case 'channel.mute':
      if (!channels.mute(action.channel)) throw notFound(`Channel '${action.channel}' not found.`)
      return { id: action.channel }
    default:
      return action satisfies never
  }
}

type MailAction = Extract<Action, { do: `mail.${string}` }>

function changeMail({ gmail }: Services, account: string, action: MailAction): JsonRecord {
  const mailbox = gmail.find(account)
  if (mailbox === undefined) throw notFound(`There is no mailbox ${account}.`)
  const now = gmail.clock.now()
  switch (action.do) {
    case 'mail.receive': {
      const mail = mailbox.add(newMail(mailbox, action, now), now)
      gmail.changed(mailbox, mail.labelIds)
      return showMail(mail, 'metadata')
    }
    case 'mail.label': {
      const mail = mailbox.relabel(action.id, action.add, action.remove, now)
      if (mail === undefined) throw notFound(`There is no message ${action.id}.`)
      gmail.changed(mailbox, [...mail.labelIds, ...action.remove])
      return showMail(mail, 'minimal')
    }
    case 'mail.delete': {
      const labelIds = mailbox.mails.get(action.id)?.labelIds
      if (labelIds === undefined || !mailbox.remove(action.id, now)) throw notFound(`There is no message ${action.id}.`)
      gmail.changed(mailbox, labelIds)
      return { id: action.id }
    }
    case 'mail.expire-history':
      mailbox.history.expire()
      return { account, historyId: String(mailbox.history.head) }
    default:
      return action satisfies never
  }
}

function newMail(mailbox: Mailbox, action: Extract<MailAction, { do: 'mail.receive' }>, now: number) {
  const { from, subject, text, labels: labelIds, thread } = action
  const before = [...mailbox.mails.values()].findLast(({ threadId }) => threadId === thread)
  if (thread !== undefined && before === undefined) throw notFound(`There is no thread ${thread}.`)
  const answered = before === undefined ? '' : headerOf(before, 'Message-ID')
  const reply =
    answered === ''
      ? []
      : [
          { name: 'In-Reply-To', value: answered },
          { name: 'References', value: answered },
        ]
  const headers = [
    { name: 'From', value: from },
    { name: 'To', value: mailbox.email },
    { name: 'Subject', value: subject },
    { name: 'Date', value: new Date(now).toUTCString().replace('GMT', '+0000') },
    { name: 'Message-ID', value: `<${mailbox.newId()}@sandbox.example>` },
    ...reply,
    { name: 'MIME-Version', value: '1.0' },
    { name: 'Content-Type', value: 'text/plain; charset="UTF-8"' },
  ]
  return { headers, text, labelIds, threadId: thread ?? null }
}
