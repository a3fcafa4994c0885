import type { Channel } from '../../core/event.ts'
import type { PlanStep, Sign } from '../../core/plan.ts'

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
  held: ({ channel, until = 'later', reason, unless = 'seen', about = '' }: PlanStep, user: string) =>
    `${channel}: held back until ${until}, ${(HELD[reason] ?? (() => `because of ${reason}`))(user, unless, about)}.`,
  dropped: (step: PlanStep, user: string) =>
    `${step.channel}: not sent, ${DROPPED[step.reason] ?? tellSuppressed(step, { type: 'its type', rule: 'default', user })}.`,
  queued: (channel: Channel, target: string) => `${channel}: on its way to ${target}.`,
  gathered: (channel: Channel, digest: string) => `${channel}: on its way in ${digest}.`,
  taken: (channel: Channel, target: string, at: string) =>
    `${channel}: sent to ${target} at ${at}, and ${TAKERS[channel]} took it.`,
  takenInDigest: (channel: Channel, target: string, at: string) =>
    `${channel}: sent to ${target} in a digest at ${at}, and ${TAKERS[channel]} took it.`,
  unshown: (channel: Channel, target: string) =>
    `${channel}: ${target} takes messages, but has not said of the last ones that it showed any; look at it, or try \`ec devices test\`.`,
  retrying: (channel: Channel, target: string, reason: string, until: string) =>
    `${channel}: ${target} did not get it yet (${reason}); it is tried again at ${until}.`,
  failed: (channel: Channel, target: string, reason: string) => `${channel}: ${target} did not get it: ${reason}.`,
  gone: (channel: Channel, target: string, reason: string) =>
    `${channel}: ${target} is not there any more and was removed: ${reason}.`,
  told: (channel: Channel, target: string, what: string, at: string) => `${channel}: ${what} on ${target} at ${at}.`,
  suppressed: (step: PlanStep, of: Suppressed) => `${step.channel}: not sent, ${tellSuppressed(step, of)}.`,
  /** Only where somebody else than the event or the rules had it sent. */
  chosen: ({ channel, reason, about }: PlanStep, type: string, user: string): readonly string[] => {
    if (reason === 'preference') return [`${channel}: ${user} switched it on for ${about}.`]
    if (reason === 'required') return [`${channel}: goes out whatever ${user} switched off or muted, as every ${type}.`]
    if (reason === 'outlet') return [`${channel}: the configuration has it sent there.`]
    if (reason === 'fallback') return [`${channel}: takes the place of a channel that reaches nobody.`]
    return []
  },

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

const HELD: Readonly<Record<string, (user: string, unless: Sign, about: string) => string>> = {
  snoozed: user => `since ${user} snoozed it until then`,
  presence: user => `since ${user} is looking at an open client; it goes on unless it is seen there by then`,
  ladder: (_user, unless) => `and sent then unless it has been ${unless}`,
  quiet_hours: user =>
    `since ${user} has quiet hours; \`ec prefs quiet-hours --user ${user}\` changes them, and a critical event comes through`,
  digest: user =>
    `when the next digest of ${user} comes; it is a line of that unless it is seen by then (\`ec prefs digest --user ${user}\` says when)`,
  digest_few: () => 'since it has too little company; the next digest takes it along',
  digest_over_cap: (user, _unless, about) =>
    `since ${user} had the ${about} that are enough; the next digest takes it along`,
  digest_failed: (_user, _unless, about) =>
    `since the digest could not be mailed (${about}); the next one takes it along`,
}

/** What had become of an event when a step of its plan fell due. */
const DROPPED: Readonly<Record<string, string>> = {
  seen: 'it had been seen by then',
  read: 'it had been read by then',
  answered: 'it had been answered by then',
  archived: 'it had been archived by then',
  retracted: 'it had been withdrawn by then',
  expired: 'it had expired by then',
  snoozed: 'it had been snoozed by then, and comes back at the end of that',
  on_thread: 'its conversation was open in front of the person',
  repeated: 'it had just gone there by another step',
}

/** Who says that a message was taken; whether the person saw it is another matter. */
const TAKERS: Readonly<Record<Channel, string>> = {
  ws: 'the client',
  push: 'its push service',
  email: 'the mail server',
  exec: 'the command',
  webhook: 'the webhook',
}

/** Whose event of which type was not sent, and who had chosen the channels. */
interface Suppressed {
  readonly type: string
  readonly rule: string
  readonly user: string
}

const SUPPRESSED: Readonly<Record<string, (step: PlanStep, of: Suppressed) => string>> = {
  not_chosen: ({ channel }, { rule, user }) =>
    (isOwnWord(rule) ? undefined : NO_OUTLET[channel]?.(user)) ?? NOT_CHOSEN[rule] ?? 'nothing asked for it',
  not_available: ({ channel }) => `this agent cannot send by ${channel} yet`,
  never_for_type: ({ channel }, { type }) => `${type} never goes out by ${channel}`,
  expired: () => 'it had expired when it arrived',
  preference: ({ channel, about = '' }, { user }) =>
    `${user} switched ${channel} off for ${about}; \`ec prefs set --user ${user} ${flagFor(about)} --${channel} default\` takes that back`,
  muted: ({ about = '', until }, { user }) =>
    `${user} muted ${about}${until === undefined ? '' : ` until ${until}`}; \`ec prefs unmute --user ${user} ${flagFor(about)}\` ends that`,
  expires_in_quiet_hours: ({ until = 'later' }, { user }) =>
    `${user} has quiet hours until ${until} and it does not last so long; \`ec prefs quiet-hours --user ${user}\` changes them`,
  no_digest: (_step, { user }) =>
    `${user} wants no digest; \`ec prefs digest --user ${user} --every daily\` orders one`,
  expires_before_digest: ({ until = 'later' }, { user }) =>
    `the next digest of ${user} comes at ${until} and it does not last so long`,
  over_cap: ({ channel, about = '' }, { user }) =>
    `${user} had the ${about} that are enough; \`ec prefs cap ${channel} --user ${user}\` changes that`,
  governor: ({ channel, about = '' }, { user }) =>
    `${user} opened next to nothing of what came by ${channel} of ${about}, so it stays out of there; \`ec prefs keep --user ${user} ${flagFor(about)}\` brings it back`,
  unreachable: ({ channel }, { user }) =>
    UNREACHABLE[channel]?.(user) ?? `${channel} reaches ${user} nowhere at present`,
}

function tellSuppressed(step: PlanStep, of: Suppressed): string {
  return (SUPPRESSED[step.reason] ?? (() => `because of ${step.reason}`))(step, of)
}

/** Commands and webhooks are chosen by the configuration, not by the rules for types. */
const NO_OUTLET: Readonly<Partial<Record<Channel, (user: string) => string>>> = {
  exec: user =>
    `no command is set up for ${user} and this type, or it is switched off; \`ec channels list\` shows which there are`,
  webhook: user =>
    `no webhook is set up for ${user} and this type, or it is switched off; \`ec channels list\` shows which there are`,
}

/** What would have to change. */
const UNREACHABLE: Readonly<Partial<Record<Channel, (user: string) => string>>> = {
  push: user => `${user} has no device that takes pushes; one is added on a page that asks the browser for it`,
  ...NO_OUTLET,
  email: user => `there is no address of ${user} to write to; \`ec users set ${user} --email ADDRESS\` gives one`,
}

/** The flag that names the entry of the preferences which a step is about. */
function flagFor(about: string): string {
  const [, kind = 'type', name = about] = /^(service|thread) (.*)$/s.exec(about) ?? []
  return `--${kind} ${/^[\w.@-]+$/.test(name) ? name : JSON.stringify(name)}`
}

const NOT_CHOSEN: Readonly<Record<string, string>> = {
  channels: 'the event does not name it in `channels`',
  channel_hint: 'the `channel_hint` leaves it out',
  type: 'the rule of its type leaves it out',
  pattern: 'the rule in the configuration leaves it out',
  default: 'the default is ws alone',
}

/** The event said itself where it goes. */
function isOwnWord(rule: string): boolean {
  return rule === 'channels' || rule === 'channel_hint'
}

function plural(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`
}
