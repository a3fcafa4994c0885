// docs/reference/events.md and event.schema.json: the contract of an event, and where events go.
import { route } from '../../dist/agent/route/route.js'
import { EVENT_LIMITS, eventJsonSchema } from '../../dist/core/event-schema.js'
import { BUILT_IN_TYPES, CHANNELS, CHANNEL_HINTS, EVENT_STATES, LEVELS } from '../../dist/core/event.js'
import { TRACE_STEPS } from '../../dist/core/plan.js'
import { NO_PREFERENCES } from '../../dist/core/preferences.js'
import { SAMPLES } from '../../dist/core/samples.js'
import { code, NOTE, page, table, takes } from './markdown.js'

const REASONS = {
  channels: 'the event names the channel in `channels`',
  channel_hint: 'the `channel_hint` asks for it',
  type_rule: 'the rule of the type asks for it',
  pattern_rule: 'a rule of the configuration asks for it',
  default: 'no rule says anything else',
  not_chosen: 'nothing asks for the channel',
  never_for_type: 'events of this type never go there, whoever asks',
  not_available: 'this agent cannot send on the channel',
  expired: 'the event had expired when it came',
  preference: 'the person switched the channel on or off for the type or service; `about` says which',
  required: 'it goes out although the person switched the channel off or muted it',
  muted: 'the person muted the type, service or thread; `about` says which, `until` for how long',
  quiet_hours: 'the person has quiet hours; it goes on at `until`',
  digest: 'it is gathered in the next digest of the person, at `until`, unless it is seen by then',
  no_digest: 'the person wants no digest, and it is not worth a mail of its own',
  expires_before_digest: 'the next digest of the person comes at `until`, and the event expires before that',
  expires_in_quiet_hours: 'the person has quiet hours, and the event expires before they end',
  over_cap: 'as many as the person allowed within an hour or a day went out before',
  governor: 'the person opened next to nothing of what came by push of this type; `about` says which',
  unreachable: 'the channel reaches the person nowhere, as push without a device',
  outlet: 'a command or webhook is set up for the type and the person',
  fallback: 'another channel reaches the person nowhere',
  presence: 'the person is looking at an open client; it goes on at `until` unless it is seen there',
  on_thread: 'its conversation is open in front of the person',
  ladder: 'it is tried again at `until` unless the person did what `unless` says',
  snoozed: 'the person snoozed it; it goes on at `until`',
  seen: 'it had been seen when the step fell due',
  read: 'it had been read by then',
  answered: 'it had been answered by then',
  archived: 'it had been archived by then',
  retracted: 'it had been withdrawn by then',
}

const TRACES = {
  queued: 'it is on its way to a target',
  sent: 'the target took it: a client, the push service of a device, the mail server of an address',
  received: 'the client confirmed it',
  held: 'when the step fell due it was held back once more, until `until`; `digest_few`, `digest_over_cap` and `digest_failed`: it was left to the next digest',
  dropped: 'when the step fell due it was not sent any more, for a reason of the table above',
  retrying: 'the target could not take it; it is tried again at `until`',
  failed: 'the target will not take it, or was tried as often as its channel allows',
  gone: 'the target is not there any more, and was removed',
  shown: 'the device says that it was shown',
  clicked: 'the device says that it was clicked',
  dismissed: 'the device says that it was put away',
}

export function eventsPage() {
  const schema = eventJsonSchema()
  const required = new Set(schema.required)
  return page(
    '# Events',
    NOTE,
    '## Fields',
    `An unknown field is refused with the nearest known name; names that begin with \`x-\` are yours and pass through. \`data\` takes
at most ${EVENT_LIMITS.dataBytes / 1024} KiB of JSON, the whole event ${EVENT_LIMITS.eventBytes / 1024} KiB, at most ${EVENT_LIMITS.depth} levels deep. The same as JSON Schema:
[event.schema.json](event.schema.json).`,
    table(
      ['field', '', 'takes', 'meaning'],
      Object.entries(schema.properties).map(([name, property]) => [
        code(name),
        required.has(name) ? 'required' : '',
        takes(property),
        property.description,
      ]),
    ),
    '## Types',
    `Any dotted name is a type. These are built in; the table says where their events go unless the event says otherwise, and what
\`ec emit --type TYPE\` alone sends. Other types go to \`ws\`, unless \`route.rules\` of the configuration has a pattern for
them; the most specific pattern counts.`,
    table(
      ['type', 'goes to', 'sample'],
      BUILT_IN_TYPES.map(type => [code(type), channelsOf(type), SAMPLES[type].title.replace(/^Test: /, '')]),
    ),
    '## Who decides',
    `\`channels\` of the event, else its \`channel_hint\` (${CHANNEL_HINTS.map(code).join(', ')}), else the rule of its type, else a
pattern rule, else \`["ws"]\`. \`channels: []\` is the history alone. If \`channels\` and \`channel_hint\` contradict each other,
\`channels\` is followed and the reply has a warning.`,
    `The plan in the reply of an emit has a step for each channel (${CHANNELS.map(code).join(', ')}): \`send\`, \`hold\` or
\`suppress\`, with the reason:`,
    table(
      ['reason', 'meaning'],
      plannedReasons().map(reason => [code(reason), REASONS[reason]]),
    ),
    `What is held is decided once more when it falls due. What came of it stands in the trace (\`GET /api/events/:id/trace\`),
a line for each target and decision; \`ec events explain\` tells it in sentences:`,
    table(
      ['step', 'meaning'],
      TRACE_STEPS.map(step => [code(step), TRACES[step]]),
    ),
    '## States',
    `What a person does with an event is numbered in the user's stream: ${EVENT_STATES.map(code).join(', ')}. A list shows one
state for each event.`,
  )
}

/** Where the rule of a type sends its events, with what a level changes. */
function channelsOf(type) {
  const at = level => sentTo({ type, level })
  const usual = at('info')
  const louder = LEVELS.filter(level => at(level).join() !== usual.join())
  const more = louder.length === 0 ? '' : `; ${at(louder[0]).map(code).join(', ')} when ${louder.join(' or ')}`
  return usual.map(code).join(', ') + more
}

function sentTo(event) {
  const plan = route(event, { available: CHANNELS, rules: [] }, 0)
  return plan.steps.filter(step => step.action === 'send').map(step => step.channel)
}

/** The same for people who said what they want. */
function plansOfPeople() {
  const quiet = { from: '22:00', to: '07:00' }
  const none = { hour: 0, day: 0 }
  const wishes = [
    { mute: [{ type: '*' }] },
    { quiet_hours: quiet },
    { caps: { push: { per_hour: 1 } } },
    { channels: [{ type: 'task.*', email: true }] },
    { channels: [{ type: '*', email: 'digest' }] },
    { channels: [{ type: '*', email: 'digest' }], digest: null },
    {},
  ]
  const events = ['action.required', 'job.done', 'task.created'].flatMap(type =>
    [{}, { expires_at: '1970-01-01T01:00:00.000Z' }].map(lasting => ({ type, level: 'info', ...lasting })),
  )
  return wishes.flatMap(wish => {
    const preferences = { ...NO_PREFERENCES, ...wish }
    const person = { preferences, zone: 'UTC', sent: { push: { hour: 1, day: 1 }, email: none } }
    const digest = { rule: preferences.digest, zone: 'UTC' }
    const facts = { available: CHANNELS, rules: [], person, digest, unreachable: ['push'] }
    return events.map(event => route(event, facts, 1))
  })
}

/** What is said when a step falls due, and while somebody looks. */
function plansThatFallDue() {
  const event = { type: 'message.new', level: 'info', thread: 't' }
  const facts = { available: CHANNELS, rules: [], presence: { focused: 1, threads: ['t'] } }
  const nothing = { seen: false, read: false, answered: false, archived: false, retracted: false, snoozedUntil: null }
  const due = { channel: 'push', reason: 'presence', unless: null, signs: nothing }
  const signs = Object.keys(nothing).map(sign => ({
    ...due,
    signs: { ...nothing, [sign]: sign === 'snoozedUntil' ? 9 : true },
  }))
  return [route(event, facts, 1), ...[due, ...signs].map(fallen => route(event, { ...facts, due: fallen }, 1))]
}

/** Every reason that the router gives, by asking it about everything. */
function plannedReasons() {
  const own = [{}, { channels: CHANNELS }, ...CHANNEL_HINTS.map(channel_hint => ({ channel_hint }))]
  const rules = [{ pattern: 'task.*', channels: ['ws', 'push'] }]
  const types = [...BUILT_IN_TYPES, 'task.created', 'other.thing']
  const events = types.flatMap(type => own.map(event => ({ type, level: 'info', ...event })))
  const plans = [...events, ...events.map(event => ({ ...event, expires_at: '1970-01-01T00:00:00.000Z' }))].flatMap(
    event => [CHANNELS, ['ws']].map(available => route(event, { available, rules, outlets: ['exec'] }, 1)),
  )
  plans.push(...plansOfPeople(), ...plansThatFallDue())
  const found = new Set(plans.flatMap(plan => plan.steps.map(step => step.reason)))
  for (const reason of found)
    if (!(reason in REASONS)) throw new Error(`scripts/reference.js has no words for the reason ${reason}`)
  return Object.keys(REASONS).filter(reason => found.has(reason))
}
