import type { Channel } from '../../core/event.ts'
import type { PlanStep } from '../../core/plan.ts'

/** Every sentence that explains what became of an event, in one place. Instants are RFC 3339. */
export const SENTENCES = {
  accepted: (at: string, type: string, service: string | null) =>
    `Accepted at ${at} as ${type}${service === null ? '' : ` from ${service}`}.`,
  rule: (rule: string) => `${RULES[rule] ?? `The rule ${rule}`} decided where it goes.`,
  note: (warning: string) => `Note: ${warning}.`,

  waits: (until: string) => `It waits for its \`deliver_at\`, ${until}; until then nobody gets it.`,
  sent: (channel: Channel, clients: number, at: string) =>
    `${channel}: sent at ${at} to ${plural(clients, 'connected client')}.`,
  replayed: (channel: Channel, times: number, at: string) =>
    `${channel}: sent to ${plural(times, 'client')} that had missed it, the first at ${at}.`,
  received: (channel: Channel, clients: number, at: string) =>
    `${channel}: ${plural(clients, 'client')} confirmed that it arrived, the first at ${at}.`,
  unconfirmed: (channel: Channel) => `${channel}: no client has confirmed yet that it arrived.`,
  nobody: (channel: Channel, seq: number) =>
    `${channel}: no client has taken it yet; as number ${seq} of the stream it goes to the next one that connects.`,
  withdrawnFirst: (channel: Channel) => `${channel}: not sent, it was withdrawn before a client connected.`,
  held: (channel: Channel, until: string, reason: string) => `${channel}: held back until ${until} (${reason}).`,
  suppressed: (step: PlanStep, type: string, rule: string) =>
    `${step.channel}: not sent, ${(SUPPRESSED[step.reason] ?? (() => `because of ${step.reason}`))(step.channel, type, rule)}.`,

  seen: (at: string) => `Seen at ${at}.`,
  read: (at: string) => `Read at ${at}.`,
  archived: (at: string) => `Archived at ${at}.`,
  snoozed: (until: string) => `Snoozed until ${until}.`,
  answered: (at: string) => `Answered at ${at}; \`ec questions list\` shows how.`,
  withdrawn: (at: string) => `Withdrawn at ${at}.`,
  expired: (at: string) => `It expired at ${at}.`,
} as const

/** Who chose the channels, at the start of a sentence. */
const RULES: Readonly<Record<string, string>> = {
  channels: "The event's own `channels`",
  channel_hint: "The event's `channel_hint`",
  type: 'The rule of its type',
  pattern: 'A rule for a family of types in the configuration',
  default: 'No rule names its type, so the default (ws)',
}

const SUPPRESSED: Readonly<Record<string, (channel: Channel, type: string, rule: string) => string>> = {
  not_chosen: (_channel, _type, rule) => `${NOT_CHOSEN[rule] ?? 'nothing asked for it'}`,
  not_available: channel => `this agent cannot send by ${channel} yet`,
  never_for_type: (channel, type) => `${type} never goes out by ${channel}`,
  expired: () => 'it had expired when it arrived',
}

const NOT_CHOSEN: Readonly<Record<string, string>> = {
  channels: 'the event does not name it in `channels`',
  channel_hint: 'the `channel_hint` leaves it out',
  type: 'the rule of its type leaves it out',
  pattern: 'the rule in the configuration leaves it out',
  default: 'the default is ws alone',
}

function plural(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
