import type { JsonRecord } from '../../core/peek.ts'
import type { ControlParts } from './control.ts'

/** Everything at a glance, without what people wrote. */
export function describeState({ services, clock, log, faults }: ControlParts): JsonRecord {
  const { accounts, calendar, gmail, pubsub } = services
  return {
    now: new Date(clock.now()).toISOString(),
    rate: clock.rate,
    accounts: accounts.list(),
    calendars: [...calendar.calendars.all()].map(({ id, owner, traits, book, roles, isWatchable }) => ({
      id,
      owner,
      summary: traits.summary,
      time_zone: traits.timeZone,
      events: book.size,
      version: book.version,
      watchable: isWatchable,
      shared_with: [...roles.keys()].filter(account => account !== owner),
    })),
    channels: calendar.channels.list().map(channel => ({
      id: channel.id,
      calendar: channel.calendar,
      account: channel.account,
      expires_at: new Date(channel.expiration).toISOString(),
      state: stateOf(channel, clock.now()),
      message_number: channel.number,
    })),
    mailboxes: [...gmail.mailboxes()].map(mailbox => ({
      email: mailbox.email,
      messages: mailbox.mails.size,
      history_id: String(mailbox.history.head),
      watched: gmail.watchOf(mailbox) !== null,
    })),
    subscriptions: pubsub.all().map(({ traits, queue }) => ({
      name: traits.name,
      topic: traits.topic,
      mode: traits.push === null ? 'pull' : 'push',
      waiting: queue.size,
    })),
    faults: faults.list(),
    requests: log.count,
  }
}

function stateOf(channel: { stoppedAt: number | null; expiration: number; isMute: boolean }, now: number): string {
  if (channel.stoppedAt !== null) return 'stopped'
  if (now >= channel.expiration) return 'expired'
  return channel.isMute ? 'mute' : 'live'
}
